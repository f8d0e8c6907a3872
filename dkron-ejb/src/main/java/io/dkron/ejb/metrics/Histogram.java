package io.dkron.ejb.metrics;

import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/** Counts durations in fixed buckets, for Prometheus. Safe for many threads; {@link #observe} is a few atomic adds. */
public final class Histogram {
    private static final long[] BOUNDS_MICROS = {
        500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 10_000_000
    };

    private final LongAdder[] buckets = new LongAdder[BOUNDS_MICROS.length + 1];
    private final LongAdder nanos = new LongAdder();

    public Histogram() {
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = new LongAdder();
        }
    }

    /** Notes a duration in nanoseconds; a negative one counts as zero. */
    public void observe(long duration) {
        long positive = Math.max(0, duration);
        int i = 0;
        while (i < BOUNDS_MICROS.length && positive > BOUNDS_MICROS[i] * 1_000) {
            i++;
        }
        buckets[i].increment();
        nanos.add(positive);
    }

    /** How many were noted. */
    public long count() {
        long count = 0;
        for (LongAdder bucket : buckets) {
            count += bucket.sum();
        }
        return count;
    }

    void write(StringBuilder out, String name) {
        long below = 0;
        for (int i = 0; i < buckets.length; i++) {
            below += buckets[i].sum();
            String bound = i < BOUNDS_MICROS.length ? seconds(BOUNDS_MICROS[i] * 1_000) : "+Inf";
            out.append(name)
                    .append("_bucket{le=\"")
                    .append(bound)
                    .append("\"} ")
                    .append(below)
                    .append('\n');
        }
        out.append(name).append("_sum ").append(seconds(nanos.sum())).append('\n');
        out.append(name).append("_count ").append(below).append('\n');
    }

    private static String seconds(long nanos) {
        String text = String.format(Locale.ROOT, "%.9f", nanos / 1e9);
        String cut = text.replaceAll("0+$", "");
        return cut.endsWith(".") ? cut + "0" : cut;
    }
}
