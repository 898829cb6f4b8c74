package io.sightline.decode;

import io.sightline.event.DeadLetter.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Why an element of a record cannot become an event.
 *
 * @param field the field or JSON pointer at fault; null where no one field is
 * @param detail one lowercase sentence; never holds a value of the input
 */
record Refusal(Reason reason, @Nullable String field, String detail) {

    /** The refusal of one element; the first one told stays. */
    static final class First {
        private @Nullable Refusal refusal;

        void clear() {
            refusal = null;
        }

        void tell(Reason reason, @Nullable String field, String detail) {
            if (refusal == null) {
                refusal = new Refusal(reason, field, detail);
            }
        }

        boolean isPresent() {
            return refusal != null;
        }

        /** The first refusal; null if there was none. */
        @Nullable
        Refusal get() {
            return refusal;
        }
    }
}
