package io.dkron.core.engine;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.Notification.Channel;
import io.dkron.core.execution.Notification.Moment;
import io.dkron.core.job.JobStatus;
import io.dkron.core.job.NotifyOn;
import io.dkron.core.job.RecentGroup;
import io.dkron.core.notification.Notice;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Decides who is told of a start or an end, with the commit that records it. */
final class Telling {
    private static final int LONGEST_RECIPIENT = 2_000;

    private final Lead lead;

    Telling(Lead lead) {
        this.lead = lead;
    }

    /** An execution was recorded as running, in the present unit. */
    void started(JobEntry entry, Execution execution, Instant now) {
        Optional.ofNullable(entry.groups().get(execution.group())).ifPresent(group -> {
            tell(Channel.PRE_WEBHOOK, Moment.START, execution, group, now);
            tell(Channel.CRONITOR, Moment.START, execution, group, now);
        });
    }

    /**
     * An execution ended, in the present unit, and is not repeated. To be called before the job's state shows it.
     *
     * @param wasLost it was told as lost before
     */
    void ended(JobEntry entry, Group group, Execution execution, boolean wasLost, Instant now) {
        if (execution.replacement().isPresent() || (wasLost && !execution.success())) {
            return; // it never ran, or nothing new is to be said
        }
        Moment moment = wasLost ? Moment.LATE : Moment.END;
        tell(Channel.CRONITOR, moment, execution, group, now); // without an end it takes the run for hanging
        subject(entry, group, execution).ifPresent(about -> {
            tell(Channel.WEBHOOK, moment, about, group, now);
            mail(entry, moment, about, group, now);
        });
    }

    private void mail(JobEntry entry, Moment moment, Execution about, Group group, Instant now) {
        String recipient = entry.definition().ownerEmail().strip();
        if (!on(Channel.MAIL) || recipient.isEmpty()) {
            return;
        }
        if (recipient.length() > LONGEST_RECIPIENT) {
            lead.warn("no mail sent, owner_email is longer than " + LONGEST_RECIPIENT + " characters job="
                    + entry.name());
            return;
        }
        lead.outbox.add(notice(Channel.MAIL, moment, about, group, recipient, now), now);
    }

    private void tell(Channel channel, Moment moment, Execution execution, Group group, Instant now) {
        if (on(channel)) {
            lead.outbox.add(notice(channel, moment, execution, group, "", now), now);
        }
    }

    private boolean on(Channel channel) {
        return lead.settings.notices().channels().contains(channel);
    }

    private static Notice notice(
            Channel channel, Moment moment, Execution execution, Group group, String recipient, Instant now) {
        boolean report = channel != Channel.CRONITOR; // that takes no text
        Collection<Execution> lines = report ? group.executions() : List.of();
        return new Notice(channel, moment, Notice.about(execution, lines), recipient, 0, now, false);
    }

    /** Whom to tell of, as the job wants it; empty for nobody. */
    private static Optional<Execution> subject(JobEntry entry, Group group, Execution ended) {
        NotifyOn on = entry.definition().notifyOn();
        if (on == NotifyOn.ALWAYS) {
            return Optional.of(ended);
        } else if (on == NotifyOn.FAILURE) {
            return Optional.of(ended).filter(Telling::failed);
        }
        JobStatus status = group.status();
        boolean changed = group.ended()
                && status != JobStatus.CANCELLED
                && status != lastStatus(entry.state().recent());
        if (!changed) {
            return Optional.empty();
        }
        return status == JobStatus.SUCCESS || failed(ended)
                ? Optional.of(ended)
                : group.executions().stream() // one that shows what is wrong
                        .filter(e -> failed(e) && e.replacement().isEmpty())
                        .reduce((older, newer) -> newer);
    }

    private static boolean failed(Execution execution) {
        return execution.state() == ExecutionState.FAILED || execution.state() == ExecutionState.LOST;
    }

    /** The status of the group that ended last; success before the first: that a new job works is no change. */
    private static JobStatus lastStatus(List<RecentGroup> recent) {
        return recent.stream()
                .filter(r -> r.status() != JobStatus.RUNNING && r.status() != JobStatus.CANCELLED)
                .max(Comparator.comparing(r -> r.at().plus(r.took())))
                .map(RecentGroup::status)
                .orElse(JobStatus.SUCCESS);
    }
}
