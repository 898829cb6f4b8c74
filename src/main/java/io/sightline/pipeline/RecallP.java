package io.sightline.pipeline;

import com.hazelcast.function.BiFunctionEx;
import com.hazelcast.jet.RestartableException;
import com.hazelcast.jet.core.AbstractProcessor;
import com.hazelcast.jet.core.ProcessorMetaSupplier;
import com.hazelcast.jet.core.ProcessorSupplier;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows of the history and emits them as what they were made of. The files are shared out among all processors of all
 * members. Ends when all is read; blocks, and so not cooperative.
 */
final class RecallP extends AbstractProcessor {
    private static final int ITEMS_AT_ONCE = 10_000;

    private final Recalled<?> recalled;
    private @Nullable Object unsent;

    private RecallP(Recalled<?> recalled) {
        this.recalled = recalled;
    }

    /** @param reading begins to read these files of a recall */
    static ProcessorMetaSupplier metaSupplier(
            Recall recall, BiFunctionEx<Recall, List<String>, ? extends Recalled<?>> reading) {
        return addresses -> address -> {
            List<String> ofMember = share(recall.files(), addresses.indexOf(address), addresses.size());
            return onMember(recall, ofMember, reading);
        };
    }

    private static ProcessorSupplier onMember(
            Recall recall, List<String> files, BiFunctionEx<Recall, List<String>, ? extends Recalled<?>> reading) {
        return count -> IntStream.range(0, count)
                .mapToObj(index -> new RecallP(reading.apply(recall, share(files, index, count))))
                .toList();
    }

    private static List<String> share(List<String> files, int index, int count) {
        return IntStream.range(0, files.size())
                .filter(file -> file % count == index)
                .mapToObj(files::get)
                .toList();
    }

    @Override
    public boolean isCooperative() {
        return false;
    }

    @Override
    public boolean complete() {
        try {
            for (int i = 0; i < ITEMS_AT_ONCE; i++) {
                if (unsent == null) {
                    unsent = recalled.next();
                }
                if (unsent == null) {
                    return true;
                }
                if (!tryEmit(unsent)) {
                    return false;
                }
                unsent = null;
            }
            return false;
        } catch (IOException e) {
            throw new RestartableException("the history cannot be read back: " + e + "; trying again", e);
        }
    }

    @Override
    public void close() throws IOException {
        recalled.close();
    }
}
