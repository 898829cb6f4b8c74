package io.sightline.gateway.pg;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Makes one conversation into another, nearly right one; the same for the same seed. */
final class Mutation {
    private static final int MOST_CHANGES = 4;
    private static final int LONGEST_RANGE = 40;
    private static final byte[] EDGES = {0, 1, -1, 127, -128, '\'', '"', '$', ';', 'Q', 'P', 'B', 'E', 'S'};
    private static final int[] LENGTHS = {0, 3, 4, 5, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 1 << 20, 65_536};

    private final SplittableRandom random;

    Mutation(long seed) {
        random = new SplittableRandom(seed);
    }

    byte[] of(List<byte[]> conversations) {
        byte[] bytes = any(conversations).clone();
        for (int change = 1 + random.nextInt(MOST_CHANGES); change > 0 && bytes.length > 8; change--) {
            bytes = changed(bytes, conversations);
        }
        return bytes;
    }

    private byte[] changed(byte[] bytes, List<byte[]> conversations) {
        int at = random.nextInt(bytes.length);
        int end = Math.min(bytes.length, at + 1 + random.nextInt(LONGEST_RANGE));
        return switch (random.nextInt(8)) {
            case 0 -> set(bytes, at, (byte) (bytes[at] ^ (1 << random.nextInt(8))));
            case 1 -> set(bytes, at, EDGES[random.nextInt(EDGES.length)]);
            case 2 -> join(bytes, 0, at, bytes, end);
            case 3 -> join(bytes, 0, end, bytes, at);
            case 4 -> Arrays.copyOf(bytes, at);
            case 5 -> lengthened(bytes);
            case 6 -> {
                byte[] other = any(conversations);
                yield join(bytes, 0, at, other, random.nextInt(other.length));
            }
            default -> {
                byte[] noise = new byte[end - at];
                random.nextBytes(noise);
                System.arraycopy(noise, 0, bytes, at, noise.length);
                yield bytes;
            }
        };
    }

    /** With another length before one of its messages; the first is that of the startup message. */
    private byte[] lengthened(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int at = 0;
        for (int skipped = random.nextInt(12); skipped > 0; skipped--) {
            int next = at + buffer.getInt(at) + 1;
            if (next <= at || next + 4 > bytes.length) {
                break;
            }
            at = next;
        }
        buffer.putInt(at, LENGTHS[random.nextInt(LENGTHS.length)]);
        return bytes;
    }

    private byte[] any(List<byte[]> conversations) {
        return conversations.get(random.nextInt(conversations.size()));
    }

    private static byte[] set(byte[] bytes, int at, byte value) {
        bytes[at] = value;
        return bytes;
    }

    private static byte[] join(byte[] head, int from, int to, byte[] tail, int tailFrom) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(head, from, to - from);
        all.write(tail, tailFrom, tail.length - tailFrom);
        return all.toByteArray();
    }
}
