package io.sightline.spec;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Guesses which word was meant, by the number of letters to add, drop, change or swap with a neighbour. */
final class Spelling {
    private static final int LONGEST = 64;

    private Spelling() {}

    /** {@code did you mean `WORD`?}, or null if no word is near. */
    static @Nullable String hint(String typed, Collection<String> words) {
        String nearest = nearest(typed, words);
        return nearest == null ? null : "did you mean `" + nearest + "`?";
    }

    /** The one nearest word, at most a third of its letters away; null if there is none. */
    static @Nullable String nearest(String typed, Collection<String> words) {
        if (typed.length() > LONGEST) {
            return null;
        }
        String nearest = null;
        int least = Integer.MAX_VALUE;
        for (String word : words) {
            int distance = distance(typed, word);
            if (distance < least && distance <= Math.max(1, word.length() / 3)) {
                nearest = word;
                least = distance;
            }
        }
        return nearest;
    }

    private static int distance(String a, String b) {
        int[][] rows = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    rows[i][j] = i + j;
                    continue;
                }
                int changed = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                int cheapest = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1);
                cheapest = Math.min(cheapest, rows[i - 1][j - 1] + changed);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    cheapest = Math.min(cheapest, rows[i - 2][j - 2] + 1);
                }
                rows[i][j] = cheapest;
            }
        }
        return rows[a.length()][b.length()];
    }
}
