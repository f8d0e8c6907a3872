package io.dkron.agent.gossip;

import io.dkron.core.cluster.MemberStatus;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One line for each change of a member's state: what it was, how long, and why it is no longer. */
final class MemberLog {
    private static final Logger LOG = System.getLogger(Gossip.class.getName());

    private MemberLog() {}

    static void log(MemberTable.Change change) {
        Entry after = change.after();
        Optional<Entry> before = change.before();
        String was = before.map(MemberLog::state).orElse("unknown");
        String is = state(after);
        boolean again = before.isPresent() && !before.get().sameProcess(after);
        if (was.equals(is) && !again) {
            return;
        }
        if (before.isEmpty() && after.forgotten()) {
            return;
        }
        long lasted = before.map(e -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - e.since()))
                .orElse(0L);
        var member = after.peer().member();
        Level level = after.status() == MemberStatus.FAILED && !after.forgotten() ? Level.WARNING : Level.INFO;
        LOG.log(
                level,
                "member state=" + is + " name=" + member.name() + " id=" + member.id() + " address=" + member.address()
                        + ":" + member.port() + " was=" + was + " for=" + lasted / 1000.0 + "s cause=\""
                        + change.cause() + "\"");
    }

    private static String state(Entry entry) {
        return entry.forgotten() ? "forgotten" : entry.status().text();
    }
}
