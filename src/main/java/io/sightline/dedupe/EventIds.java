package io.sightline.dedupe;

import io.sightline.event.FieldType;
import io.sightline.event.Schema;
import io.sightline.spec.DeduplicateSpec;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the id of an event out of its values.
 *
 * <ul>
 *   <li>{@code key} is one string field: canonical UUID text is its 128 bits; any other text the first 128 bits of the
 *       SHA-256 of its UTF-8. Empty text identifies nothing and counts as missing.
 *   <li>{@code key} is anything else: the first 128 bits of the SHA-256 of the values' {@link ValueEncoding}.
 *   <li>A key field is missing: the version 5 UUID (RFC 9562, section 5.5) of the {@link ValueEncoding} of the values of
 *       {@code otherwise}, in Sightline's namespace. There a null is a value of its own: two events are the same only if
 *       both lack it. If all are null, or {@code otherwise} is empty, there is no id.
 * </ul>
 *
 * Not thread-safe: one for each decoding processor.
 */
public final class EventIds {
    /** The version 5 UUID of {@code sightline} in the namespace of the all-zero UUID; fixed for ever. */
    static final long NAMESPACE_MOST = 0x48fa308e310a5426L;

    static final long NAMESPACE_LEAST = 0x9321f60298df9cc3L;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final long VERSION_MASK = 0xffff_ffff_ffff_0fffL;
    private static final long VERSION_5 = 0x5000L;
    private static final long VARIANT_MASK = 0x3fff_ffff_ffff_ffffL;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private final int[] key;
    private final int[] otherwise;
    private final boolean oneString;
    private final MessageDigest sha256 = digest("SHA-256");
    private final MessageDigest sha1 = digest("SHA-1");
    private final byte[] hash = new byte[32];
    private final ValueEncoding encoding = new ValueEncoding();

    /** @param spec names fields of this schema only */
    public EventIds(DeduplicateSpec spec, Schema schema) {
        this.key = positions(spec.key(), schema);
        this.otherwise = positions(spec.otherwise(), schema);
        this.oneString = key.length == 1 && schema.fields().get(key[0]).type() == FieldType.STRING;
    }

    /**
     * The id of an event with these values; null if no key can be made of them. Where the key is one string field and is
     * missing, the id's text is written into it.
     *
     * @param values one value a field, in schema order
     */
    public @Nullable EventId of(@Nullable Object[] values) {
        if (oneString) {
            String text = (String) values[key[0]];
            return text == null || text.isEmpty() ? ofOtherwise(values) : ofText(text);
        }
        for (int field : key) {
            if (values[field] == null) {
                return ofOtherwise(values);
            }
        }
        encoding.reset();
        for (int field : key) {
            encoding.value(values[field]);
        }
        return ofSha256();
    }

    private EventId ofText(String text) {
        if (UuidText.isCanonical(text)) {
            return EventId.ofUuid(UuidText.mostSignificant(text), UuidText.leastSignificant(text));
        }
        encoding.reset();
        encoding.utf8(text);
        return ofSha256();
    }

    private EventId ofSha256() {
        hash(sha256);
        return new EventId((long) LONGS.get(hash, 0), (long) LONGS.get(hash, Long.BYTES));
    }

    private @Nullable EventId ofOtherwise(@Nullable Object[] values) {
        encoding.reset();
        encoding.fixedLong(NAMESPACE_MOST);
        encoding.fixedLong(NAMESPACE_LEAST);
        boolean any = false;
        for (int field : otherwise) {
            any |= values[field] != null;
            encoding.value(values[field]);
        }
        if (!any) {
            return null;
        }
        hash(sha1);
        long most = ((long) LONGS.get(hash, 0) & VERSION_MASK) | VERSION_5;
        long least = ((long) LONGS.get(hash, Long.BYTES) & VARIANT_MASK) | VARIANT;
        if (oneString) {
            values[key[0]] = UuidText.of(most, least);
        }
        return EventId.ofUuid(most, least);
    }

    private void hash(MessageDigest digest) {
        digest.update(encoding.bytes(), 0, encoding.length());
        try {
            digest.digest(hash, 0, hash.length);
        } catch (DigestException e) {
            throw new AssertionError("no digest here is longer than 32 bytes", e);
        }
    }

    private static int[] positions(List<String> names, Schema schema) {
        return names.stream().mapToInt(schema::indexOf).toArray();
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has " + algorithm, e);
        }
    }
}
