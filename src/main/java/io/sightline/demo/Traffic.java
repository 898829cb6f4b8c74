package io.sightline.demo;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Where and when a mixed fleet sees what. The fleet as a whole sends at a steady rate; how it falls on places moves as a
 * town's does: lights turn green every minute, planes land, shifts change, and a day of twenty minutes carries people from
 * the plant to the town. Given the same random numbers and times, the same on any machine. Not thread-safe.
 */
final class Traffic {
    private static final long DAY_MILLIS = 20 * 60_000;
    private static final double[] NOTHING = {};

    private final Camera[] cameras;
    private final double[] popularity;
    private double[] upTo = NOTHING;
    private long second = Long.MIN_VALUE;

    Traffic(Camera[] cameras, int places) {
        this.cameras = cameras;
        this.popularity = new double[places + 1];
        for (int place = 1; place <= places; place++) {
            // A few places are busy, most are quiet; neighbours differ.
            popularity[place] = 1 / StrictMath.pow(1 + place * 37 % places, 0.6);
        }
    }

    /** The camera that sees something now. */
    Camera pick(SplittableRandom random, long millis) {
        if (Math.floorDiv(millis, 1_000) != second) {
            second = Math.floorDiv(millis, 1_000);
            weigh(second * 1_000);
        }
        double at = random.nextDouble() * upTo[upTo.length - 1];
        int low = 0;
        int high = upTo.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (upTo[middle] > at) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return cameras[low];
    }

    private void weigh(long millis) {
        if (upTo.length == 0) {
            upTo = new double[cameras.length];
        }
        double sum = 0;
        for (int i = 0; i < cameras.length; i++) {
            Camera camera = cameras[i];
            if (!camera.isSilent(millis)) {
                sum += popularity[camera.place()] * Kind.of(camera.place()).intensity(camera.place(), millis);
            }
            upTo[i] = sum;
        }
    }

    /** What kind of place it is, as {@code pipelines/reference/locations.csv} describes the first hundred. */
    enum Kind {
        TOWN(0.0, 50, 22, 12, 3, 4, 4, 0, 0, 1, 2, 2, 0),
        PLANT(0.25, 20, 6, 3, 16, 1, 1, 24, 24, 0, 1, 0, 4),
        HARBOUR(0.5, 18, 14, 4, 28, 2, 2, 10, 16, 3, 1, 1, 1),
        AIRPORT(0.75, 40, 10, 1, 2, 5, 1, 1, 1, 22, 10, 1, 6);

        private static final int PLACES_DESCRIBED = 100;

        /** Where in the day it is busiest, as a share of it. */
        private final double busiest;
        /** Per cent, in the order of the feed's items; unmodifiable. */
        @SuppressWarnings("ImmutableEnumChecker")
        private final List<Integer> items;

        Kind(double busiest, Integer... items) {
            this.busiest = busiest;
            this.items = List.of(items);
        }

        static Kind of(int place) {
            int described = (place - 1) % PLACES_DESCRIBED + 1;
            if (described <= 5 || (described >= 15 && described <= 39)) {
                return TOWN;
            }
            if (described <= 9 || (described >= 40 && described <= 59)) {
                return PLANT;
            }
            return described <= 14 || described <= 79 ? HARBOUR : AIRPORT;
        }

        /** An item as often as this kind of place sees it. */
        int item(long chance) {
            int left = (int) (chance % 100);
            int item = 0;
            while (left >= items.get(item)) {
                left -= items.get(item);
                item++;
            }
            return item;
        }

        private double intensity(int place, long millis) {
            double ofDay = (double) (millis % DAY_MILLIS) / DAY_MILLIS;
            double day = 1 + 0.5 * StrictMath.cos(2 * StrictMath.PI * (ofDay - busiest));
            return day
                    * switch (this) {
                        // Green for 25 s of every minute, not everywhere at once.
                        case TOWN -> within(millis, 60_000, 25_000, place * 7_000L) ? 1.9 : 0.6;
                        // Four minutes of work, one of pause.
                        case PLANT -> within(millis, 300_000, 240_000, place / 20 * 90_000L) ? 1.2 : 0.2;
                        case HARBOUR -> 1 + 0.6 * StrictMath.sin(millis / 50_000.0 + place);
                        // A plane every three minutes.
                        case AIRPORT -> within(millis, 180_000, 40_000, place / 7 * 25_000L) ? 3.0 : 0.6;
                    };
        }

        private static boolean within(long millis, long period, long on, long shift) {
            return Math.floorMod(millis + shift, period) < on;
        }
    }
}
