package io.sightline.enrich;

import java.util.List;

/**
 * Reads CSV as RFC 4180 has it, a record at a time: cells separated by commas, quoted where they hold a comma, a quote
 * (doubled) or a line end. Cells are taken as they stand, blanks included. Lines end with CR LF, LF or CR. Used once.
 */
final class CsvReader {
    private final String text;
    private int position;
    private long line = 1;
    private long recordLine = 1;

    CsvReader(String text) {
        this.text = text;
    }

    /** The line on which the record last read begins, from 1. */
    long recordLine() {
        return recordLine;
    }

    /**
     * Reads the next record into {@code cells}, which is cleared first. False at the end of the text.
     *
     * @throws Malformed if quotes are not as they should be; there is no reading on after it
     */
    boolean next(List<String> cells) throws Malformed {
        cells.clear();
        if (position == text.length()) {
            return false;
        }
        recordLine = line;
        do {
            cells.add(startsWith('"') ? quoted() : plain());
        } while (skip(','));
        if (position < text.length()) {
            endLine();
        }
        return true;
    }

    private String plain() throws Malformed {
        int start = position;
        while (position < text.length() && !endsCell(text.charAt(position))) {
            if (text.charAt(position) == '"') {
                throw new Malformed(line, "a quote inside an unquoted value; quote the value and double the quote");
            }
            position++;
        }
        return text.substring(start, position);
    }

    private String quoted() throws Malformed {
        long startLine = line;
        position++;
        StringBuilder cell = new StringBuilder();
        while (position < text.length()) {
            char c = text.charAt(position);
            if (c != '"') {
                cell.append(c);
                position++;
                if (c == '\n' || (c == '\r' && !startsWith('\n'))) {
                    line++;
                }
            } else if (position + 1 < text.length() && text.charAt(position + 1) == '"') {
                cell.append('"');
                position += 2;
            } else {
                position++;
                if (position < text.length() && !endsCell(text.charAt(position))) {
                    throw new Malformed(line, "text after a closing quote; double a quote that belongs to the value");
                }
                return cell.toString();
            }
        }
        throw new Malformed(startLine, "a quote that is never closed");
    }

    private void endLine() {
        if (skip('\r')) {
            skip('\n');
        } else {
            position++;
        }
        line++;
    }

    private static boolean endsCell(char c) {
        return c == ',' || c == '\n' || c == '\r';
    }

    private boolean startsWith(char c) {
        return position < text.length() && text.charAt(position) == c;
    }

    private boolean skip(char c) {
        if (startsWith(c)) {
            position++;
            return true;
        }
        return false;
    }

    /** Quotes that are not as they should be. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        private final long line;
        private final String reason;

        Malformed(long line, String reason) {
            super(reason, null, false, false);
            this.line = line;
            this.reason = reason;
        }

        String reason() {
            return reason;
        }

        long line() {
            return line;
        }
    }
}
