package io.sightline.event;

/** One mixing function for all hashes that pick a bucket or a slot. */
public final class Mixing {
    private Mixing() {}

    /** The 64-bit finalizer of SplitMix64 (Steele, Lea, Flood 2014): a bijection in which every bit reaches every bit. */
    public static long mix(long bits) {
        long mixed = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
