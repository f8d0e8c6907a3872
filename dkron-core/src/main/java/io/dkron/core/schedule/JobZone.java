package io.dkron.core.schedule;

import io.dkron.core.problem.Problems;
import io.dkron.core.problem.Validated;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRulesProvider;
import java.util.Map;
import java.util.Optional;

/**
 * A job's time zone as its text says: a name of the IANA database or {@code UTC}, or the server's own zone.
 *
 * @param named empty for the zone of the server that leads
 */
public record JobZone(Optional<ZoneId> named) {
    /** The zone of the server that leads: an empty text, or {@code Local}. */
    public static final JobZone SERVER = new JobZone(Optional.empty());

    /** Names of the IANA database that not every JDK lists, as links to what they mean today. */
    private static final Map<String, ZoneId> FURTHER = Map.of(
            "UTC", ZoneOffset.UTC,
            "EST", ZoneOffset.ofHours(-5),
            "MST", ZoneOffset.ofHours(-7),
            "HST", ZoneOffset.ofHours(-10),
            "ROC", ZoneId.of("Asia/Taipei"));

    /**
     * Reads a {@code timezone} field. Offsets such as {@code +01:00} are no names and are refused, as Dkron does.
     *
     * @return the zone, or a problem of field {@code timezone}: {@code unknown time zone X}
     */
    public static Validated<JobZone> parse(String text) {
        Optional<JobZone> found = find(text);
        return new Problems()
                .unless(found.isPresent(), "timezone", "unknown time zone " + text)
                .orValue(found::get);
    }

    /** The zone of that name, or empty if there is none. */
    static Optional<JobZone> find(String text) {
        if (text.isEmpty() || text.equals("Local")) {
            return Optional.of(SERVER);
        }
        ZoneId further = FURTHER.get(text);
        if (further != null) {
            return Optional.of(new JobZone(Optional.of(further)));
        }
        return ZoneRulesProvider.getAvailableZoneIds().contains(text) && !text.startsWith("SystemV/")
                ? Optional.of(new JobZone(Optional.of(ZoneId.of(text))))
                : Optional.empty();
    }

    /** The zone meant on a server whose own zone is the given one. */
    public ZoneId in(ZoneId server) {
        return named.orElse(server);
    }
}
