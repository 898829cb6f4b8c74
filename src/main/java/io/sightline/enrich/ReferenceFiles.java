package io.sightline.enrich;

import io.sightline.enrich.ReferenceStorage.Listing;
import io.sightline.enrich.ReferenceStorage.Look;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The files of one reference: a file, or those of a folder in name order, save hidden ones, folders in it and what is
 * neither CSV nor JSON lines.
 */
final class ReferenceFiles {
    private final String reference;
    private final ReferenceStorage from;
    private final long maxBytes;

    ReferenceFiles(String reference, ReferenceStorage from, long maxBytes) {
        this.reference = reference;
        this.from = from;
        this.maxBytes = maxBytes;
    }

    /** A file's name and all its bytes. */
    record Content(String name, byte[] bytes) {
        boolean isCsv() {
            return isNamed(name, ".csv");
        }
    }

    /**
     * What the files look like now.
     *
     * @throws ReferenceException if there are none, or they cannot be looked at
     */
    List<Look> look() {
        try {
            Listing listing = from.list(name -> !name.startsWith(".") && isReadableFormat(name));
            if (!listing.folder() && !isReadableFormat(listing.files().get(0).name())) {
                throw unusable(
                        from
                                + " has no format that can be read; accepted: a .csv, .jsonl or .json file, or a folder of such");
            }
            List<Look> files = listing.files().stream()
                    .sorted(Comparator.comparing(Look::name))
                    .toList();
            if (files.isEmpty()) {
                throw unusable("the folder " + from + " holds no .csv, .jsonl or .json file");
            }
            return files;
        } catch (IOException | UncheckedIOException e) {
            throw unreadable(e);
        }
    }

    /**
     * Reads all files. Empty if one of them changed meanwhile, so that what was read may be half of two states.
     *
     * @param seen how they looked just before
     * @throws ReferenceException if they cannot be read or are too large
     */
    Optional<List<Content>> read(List<Look> seen) {
        long left = maxBytes;
        List<Content> contents = new ArrayList<>();
        for (Look file : seen) {
            try (InputStream in = from.open(file)) {
                byte[] bytes = in.readNBytes((int) Math.min(left + 1, Integer.MAX_VALUE - 8));
                left -= bytes.length;
                if (left < 0) {
                    throw unusable(
                            from + " holds more than " + maxBytes + " bytes, which is the most a reference may have");
                }
                contents.add(new Content(file.name(), bytes));
            } catch (IOException e) {
                throw unreadable(e);
            }
        }
        return look().equals(seen) ? Optional.of(contents) : Optional.empty();
    }

    /** The hash that tells one content from another. */
    static String hash(List<Content> contents) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Content content : contents) {
                digest.update((content.name() + '\n' + content.bytes().length + '\n').getBytes(StandardCharsets.UTF_8));
                digest.update(content.bytes());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static boolean isReadableFormat(String name) {
        return isNamed(name, ".csv") || isNamed(name, ".jsonl") || isNamed(name, ".json");
    }

    private static boolean isNamed(String name, String ending) {
        return name.toLowerCase(Locale.ROOT).endsWith(ending);
    }

    private ReferenceException unreadable(Exception e) {
        Throwable cause = e instanceof UncheckedIOException && e.getCause() != null ? e.getCause() : e;
        if (cause instanceof NoSuchFileException missing) {
            return unusable(
                    missing.getFile() + " does not exist; accepted: a .csv, .jsonl or .json file, or a folder of such");
        }
        if (cause instanceof FileNotFoundException) {
            return unusable(from + " does not exist; accepted: a .csv, .jsonl or .json file, or a folder of such");
        }
        if (cause instanceof AccessDeniedException denied) {
            return unusable(denied.getFile() + " may not be read by this process; give it read permission");
        }
        return unusable(from + " cannot be read: " + cause.getMessage());
    }

    private ReferenceException unusable(String what) {
        return ReferenceException.unusable(reference, what);
    }
}
