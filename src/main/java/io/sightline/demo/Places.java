package io.sightline.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The places of a {@link SeededFeed}: its Dataset B. Place 0 is in no reference data. */
public final class Places {
    private static final String HEADER = "location_id,location_name,site,latitude,longitude\n";
    private static final int PLACES_A_SITE = 10;
    private static final String[] SITES = {"Nordhafen", "Depot Süd", "Gare de l'Est", "Riverside", "Aéroport"};
    /** As people name places: with a comma, quotes, a letter of more than one byte. */
    private static final String[] NAMES = {
        "Gate %d", "\"Gate %d, north\"", "Überführung %d", "\"Hall \"\"%d\"\"\"", "Platform %d"
    };

    private Places() {}

    /** The id of a place: {@code loc-007}. */
    static String id(int place) {
        return String.format(Locale.ROOT, "loc-%03d", place);
    }

    /** The reference data of places 1 to {@code places} as CSV, with the columns that the pipeline adds. */
    public static String csv(int places) {
        StringBuilder csv = new StringBuilder(HEADER);
        for (int place = 1; place <= places; place++) {
            int site = (place - 1) / PLACES_A_SITE;
            csv.append(id(place))
                    .append(',')
                    .append(String.format(Locale.ROOT, NAMES[place % NAMES.length], place))
                    .append(',')
                    .append(SITES[site % SITES.length])
                    .append(String.format(Locale.ROOT, ",%.4f,%.4f%n", 47.0 + site * 0.1, 8.0 + place * 0.001)
                            .replace(System.lineSeparator(), "\n"));
        }
        return csv.toString();
    }

    /** Writes {@link #csv} to a file. */
    public static void writeCsv(Path file, int places) {
        try {
            Files.writeString(file, csv(places), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
