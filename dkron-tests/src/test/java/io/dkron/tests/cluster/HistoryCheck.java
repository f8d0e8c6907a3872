package io.dkron.tests.cluster;

import io.dkron.tests.cluster.Evidence.Lead;
import io.dkron.tests.cluster.Evidence.Line;
import io.dkron.tests.cluster.Evidence.Missed;
import io.dkron.tests.cluster.Evidence.Run;
import io.dkron.tests.cluster.Evidence.View;
import io.dkron.tests.cluster.Evidence.Watched;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Names every contradiction in an {@link Evidence}: a firing without a verdict, a run that happened twice, a process that
 * no execution knows, an acknowledged write that is gone, servers that disagree, a term with two leaders. Pure.
 */
final class HistoryCheck {
    private final Evidence evidence;
    private final View view;
    private final List<String> faults = new ArrayList<>();

    private HistoryCheck(Evidence evidence) {
        this.evidence = evidence;
        this.view = evidence.servers().values().iterator().next();
    }

    /** All contradictions, each in words; empty when there are none. */
    static List<String> faults(Evidence evidence) {
        HistoryCheck check = new HistoryCheck(evidence);
        check.serversAgree();
        evidence.jobs().forEach(check::jobAgrees);
        check.whatWasToldHolds();
        check.termsNeverOverlap();
        return check.faults;
    }

    private void jobAgrees(Watched job) {
        List<Run> runs =
                view.runs().stream().filter(r -> r.job().equals(job.name())).toList();
        runsAreWhole(job, runs);
        if (!job.period().isZero()) {
            eachFiringHasOneVerdict(job, runs);
        }
        processesAgree(job, runs);
        if (job.alone()) {
            neverOverlap(job);
        }
        countersAgree(job, runs);
    }

    private void fault(String format, Object... values) {
        faults.add(String.format(format, values));
    }

    private void serversAgree() {
        String first = evidence.servers().keySet().iterator().next();
        evidence.servers().forEach((name, other) -> {
            differ(first, name, "jobs", view.jobs().entrySet(), other.jobs().entrySet());
            differ(first, name, "executions", new HashSet<>(view.runs()), new HashSet<>(other.runs()));
            differ(first, name, "missed records", new HashSet<>(view.missed()), new HashSet<>(other.missed()));
        });
    }

    private <T> void differ(String one, String two, String what, Set<T> a, Set<T> b) {
        if (a.equals(b)) {
            return;
        }
        Set<T> onlyA = new HashSet<>(a);
        onlyA.removeAll(b);
        Set<T> onlyB = new HashSet<>(b);
        onlyB.removeAll(a);
        fault(
                "%s and %s disagree on %s: only the first has %s, only the second %s",
                one, two, what, sample(onlyA), sample(onlyB));
    }

    private static String sample(Set<?> all) {
        return all.size() + all.stream().limit(3).map(Object::toString).collect(Collectors.joining(", ", " [", "]"));
    }

    private void runsAreWhole(Watched job, List<Run> runs) {
        Set<String> ids = new HashSet<>();
        for (Run run : runs) {
            if (!ids.add(run.id())) {
                fault("%s: execution %s is listed twice", job.name(), run.id());
            }
            switch (run.state()) {
                case "success" -> {
                    if (run.token().isEmpty()) {
                        fault("%s: success without output: %s", job.name(), run);
                    }
                }
                case "failed", "lost", "cancelled" -> {
                    if (!job.mayFail() && !run.moved() && !run.orphaned()) {
                        fault("%s: nothing should fail it, but it did: %s", job.name(), run);
                    }
                    if (run.reason().isBlank()) {
                        fault("%s: failed without a reason: %s", job.name(), run);
                    }
                }
                default -> fault("%s: never ended: %s", job.name(), run);
            }
        }
    }

    private void eachFiringHasOneVerdict(Watched job, List<Run> runs) {
        TreeMap<Instant, List<Run>> fired = new TreeMap<>();
        for (Run run : runs) {
            run.due()
                    .ifPresent(due ->
                            fired.computeIfAbsent(due, d -> new ArrayList<>()).add(run));
        }
        fired.forEach((due, group) -> firingRanOnce(job, due, group));
        List<Missed> missed =
                view.missed().stream().filter(m -> m.job().equals(job.name())).toList();
        TreeSet<Instant> ends = new TreeSet<>(fired.keySet());
        long missedCount = 0;
        for (Missed record : missed) {
            missedCount += record.count();
            ends.add(record.first());
            ends.add(record.last());
            missedRecordIsSound(job, record, fired.keySet());
        }
        long counted = view.unrun().getOrDefault(job.name(), -1L);
        boolean whole = missed.size() < View.KEPT; // else the oldest records are gone, and only their number is left
        if (whole && counted != missedCount) {
            fault("%s: its counters say that %d did not run, its records %d", job.name(), counted, missedCount);
        }
        missedCount = whole ? missedCount : counted;
        if (ends.isEmpty()) {
            fault("%s: neither fired nor missed anything", job.name());
            return;
        }
        for (Instant instant : ends) {
            if (Duration.between(ends.first(), instant).toNanos() % job.period().toNanos() != 0) {
                fault("%s: %s is not on its grid, which has %s", job.name(), instant, ends.first());
            }
        }
        long due = instants(job, ends.first(), ends.last());
        if (due != fired.size() + missedCount) {
            fault(
                    "%s: %d due from %s to %s, but %d fired and %d are recorded as missed; silent: %s",
                    job.name(),
                    due,
                    ends.first(),
                    ends.last(),
                    fired.size(),
                    missedCount,
                    silent(job, ends, fired, missed));
        }
    }

    private static long instants(Watched job, Instant first, Instant last) {
        return Duration.between(first, last).dividedBy(job.period()) + 1;
    }

    private static List<Instant> silent(
            Watched job, TreeSet<Instant> ends, Map<Instant, ?> fired, List<Missed> missed) {
        List<Instant> silent = new ArrayList<>();
        for (Instant at = ends.first(); !at.isAfter(ends.last()) && silent.size() < 10; at = at.plus(job.period())) {
            Instant instant = at;
            boolean known = fired.containsKey(instant)
                    || missed.stream().anyMatch(m -> !instant.isBefore(m.first()) && !instant.isAfter(m.last()));
            if (!known) {
                silent.add(instant);
            }
        }
        return silent;
    }

    private void missedRecordIsSound(Watched job, Missed record, Set<Instant> fired) {
        if (record.reason().isBlank()) {
            fault("%s: missed without a reason: %s", job.name(), record);
        }
        long most = instants(job, record.first(), record.last());
        if (record.count() < 1 || record.count() > most) {
            fault("%s: at most %d instants lie in %s", job.name(), most, record);
        }
        if (record.count() == most) {
            fired.stream()
                    .filter(f -> !f.isBefore(record.first()) && !f.isAfter(record.last()))
                    .forEach(f -> fault("%s: %s fired and is recorded as missed: %s", job.name(), f, record));
        }
    }

    private void firingRanOnce(Watched job, Instant due, List<Run> runs) {
        if (runs.stream().mapToLong(Run::group).distinct().count() > 1) {
            fault("%s: firing %s was recorded twice: %s", job.name(), due, runs);
        }
        Set<String> attempts = new HashSet<>();
        for (Run run : runs) {
            if (!attempts.add(run.node() + "#" + run.attempt())) {
                fault("%s: firing %s twice on %s", job.name(), due, run.node());
            }
        }
        long nodes =
                runs.stream().filter(r -> !r.moved()).map(Run::node).distinct().count();
        job.targets().ifPresent(n -> {
            if (nodes != n) {
                fault("%s: firing %s has %d targets, not %d: %s", job.name(), due, nodes, n, runs);
            }
        });
    }

    /** Each process belongs to one execution, each execution to one process at most, on its own node. */
    private void processesAgree(Watched job, List<Run> runs) {
        Map<String, Line> started = new HashMap<>();
        Set<String> ended = new HashSet<>();
        for (Line line : evidence.written()) {
            if (line.job().equals(job.name())) {
                if (line.end()) {
                    ended.add(line.token());
                } else if (started.put(line.token(), line) != null) {
                    fault("%s: token %s was written twice", job.name(), line.token());
                }
            }
        }
        Map<String, Run> owner = new HashMap<>();
        for (Run run : runs) {
            run.token().ifPresent(token -> tokenBelongs(job, run, token, started, ended, owner));
        }
        strangersAreExplained(job, runs, started, owner);
    }

    private void tokenBelongs(
            Watched job, Run run, String token, Map<String, Line> started, Set<String> ended, Map<String, Run> owner) {
        Run before = owner.put(token, run);
        if (before != null) {
            fault("%s: one process %s in two executions, %s and %s", job.name(), token, before.id(), run.id());
        }
        Line line = started.get(token);
        if (line == null) {
            fault("%s: execution %s shows a process that wrote nothing: %s", job.name(), run.id(), token);
        } else if (!line.node().equals(run.node())) {
            fault("%s: execution %s is of %s, but ran on %s", job.name(), run.id(), run.node(), line.node());
        }
        if (run.succeeded() && !ended.contains(token)) {
            fault("%s: success, but its process %s never ended: %s", job.name(), token, run.id());
        }
    }

    /**
     * A process whose output no execution shows ran all the same: it must be that of an execution whose output was lost,
     * of which there must be as many on that node.
     */
    private void strangersAreExplained(Watched job, List<Run> runs, Map<String, Line> started, Map<String, Run> owner) {
        Map<String, Long> strangers = started.values().stream()
                .filter(l -> !owner.containsKey(l.token()))
                .collect(Collectors.groupingBy(Line::node, TreeMap::new, Collectors.counting()));
        strangers.forEach((node, count) -> {
            long unknown = runs.stream()
                    .filter(r -> r.node().equals(node)
                            && !r.succeeded()
                            && !r.moved()
                            && !r.orphaned()
                            && r.token().isEmpty())
                    .count();
            if (count > unknown) {
                fault(
                        "%s: %d processes ran on %s that no execution shows, and only %d executions there lost their output",
                        job.name(), count, node, unknown);
            }
        });
    }

    private void neverOverlap(Watched job) {
        Map<String, Long> ends = new HashMap<>();
        evidence.written().stream()
                .filter(l -> l.job().equals(job.name()) && l.end())
                .forEach(l -> ends.put(l.token(), l.nanos()));
        List<Line> starts = evidence.written().stream()
                .filter(l -> l.job().equals(job.name()) && !l.end())
                .sorted(Comparator.comparingLong(Line::nanos))
                .toList();
        for (int i = 1; i < starts.size(); i++) {
            Line before = starts.get(i - 1);
            if (ends.getOrDefault(before.token(), Long.MAX_VALUE)
                    > starts.get(i).nanos()) {
                fault("%s: must never overlap, but %s still ran when %s began", job.name(), before, starts.get(i));
            }
        }
    }

    private void countersAgree(Watched job, List<Run> runs) {
        long good = runs.stream().filter(Run::succeeded).count();
        long stored = view.success().getOrDefault(job.name(), -1L);
        if (stored != good) {
            fault("%s: success_count %d, but %d succeeded", job.name(), stored, good);
        }
        long bad = view.failures().getOrDefault(job.name(), -1L);
        long counted = runs.stream().filter(r -> !r.moved()).count();
        if (stored + bad != counted) {
            fault("%s: counters %d and %d, but %d executions", job.name(), stored, bad, counted);
        }
    }

    private void whatWasToldHolds() {
        for (String name : evidence.told().created()) {
            if (!view.jobs().containsKey(name)) {
                fault("acknowledged job %s is lost", name);
            }
        }
        for (String name : evidence.told().deleted()) {
            if (view.jobs().containsKey(name)) {
                fault("acknowledged deletion of %s is lost", name);
            }
        }
        evidence.told().counted().forEach((name, acknowledged) -> {
            String job = view.jobs().getOrDefault(name, "");
            java.util.regex.Matcher owner =
                    java.util.regex.Pattern.compile("\"owner\":\"n(\\d+)\"").matcher(job);
            long stored = owner.find() ? Long.parseLong(owner.group(1)) : -1;
            boolean late =
                    evidence.told().uncertain().getOrDefault(name, Set.of()).contains(stored);
            if (stored < acknowledged && !late) {
                fault("%s: change %d was acknowledged, stored is %d", name, acknowledged, stored);
            }
        });
        evidence.told().groups().forEach(this::runsByHandHappenedOnce);
    }

    private void runsByHandHappenedOnce(String job, Map<String, Long> groups) {
        Set<Long> stored = view.runs().stream()
                .filter(r -> r.job().equals(job) && r.due().isEmpty())
                .map(Run::group)
                .collect(Collectors.toSet());
        Map<Long, String> keys = new HashMap<>();
        groups.forEach((key, group) -> {
            if (!stored.contains(group)) {
                fault("%s: run by hand %s was acknowledged as group %d, which is not there", job, key, group);
            }
            String other = keys.put(group, key);
            if (other != null) {
                fault("%s: two runs by hand, %s and %s, in one group %d", job, other, key, group);
            }
        });
        int asked = evidence.told().asked().getOrDefault(job, groups.size());
        if (stored.size() > asked) {
            fault("%s: %d runs by hand were asked for, %d happened", job, asked, stored.size());
        }
    }

    private void termsNeverOverlap() {
        Map<Long, String> leaders = new HashMap<>();
        List<Lead> inOrder = evidence.leads().stream()
                .sorted(Comparator.comparingLong(Lead::term))
                .toList();
        Lead before = null;
        for (Lead lead : inOrder) {
            String other = leaders.putIfAbsent(lead.term(), lead.node());
            if (other != null) {
                fault("term %d has two leads, of %s and %s", lead.term(), other, lead.node());
            }
            if (before != null && lead.at().plusSeconds(1).isBefore(before.at())) {
                fault(
                        "term %d began at %s, before term %d did: %s",
                        lead.term(), lead.at(), before.term(), before.at());
            }
            before = lead;
        }
    }
}
