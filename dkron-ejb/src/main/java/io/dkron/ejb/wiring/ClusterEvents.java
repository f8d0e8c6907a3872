package io.dkron.ejb.wiring;

import io.dkron.core.cluster.Member;
import io.dkron.core.cluster.MemberJson;
import io.dkron.core.cluster.MemberStatus;
import io.dkron.core.json.Json;
import io.dkron.core.json.JsonOut;
import io.dkron.ejb.live.LiveEvent;
import io.dkron.ejb.live.LiveHub;
import io.dkron.ejb.service.ClusterService;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Tells watchers what changed of members and of the lead, as this node sees it; to be run after each change. A member that
 * is forgotten is told once more, with the status {@code none}. Run by one thread at a time.
 */
public final class ClusterEvents implements Runnable {
    private final ClusterService.View view;
    private final LiveHub live;
    private final Map<String, Member> known = new HashMap<>();
    private boolean first = true;
    private String cluster = "";

    public ClusterEvents(ClusterService.View view, LiveHub live) {
        this.view = Objects.requireNonNull(view, "view");
        this.live = Objects.requireNonNull(live, "live");
    }

    @Override
    public void run() {
        Map<String, Member> now = new HashMap<>();
        view.members().forEach(member -> now.put(member.name(), member));
        if (!first) { // who is there at the beginning is no news
            now.values().stream()
                    .filter(member -> !member.equals(known.get(member.name())))
                    .forEach(this::tell);
            known.values().stream()
                    .filter(member -> !now.containsKey(member.name()))
                    .forEach(gone -> tell(with(gone, MemberStatus.NONE)));
        }
        first = false;
        known.clear();
        known.putAll(now);
        String summary = text(this::summary);
        if (!summary.equals(cluster)) {
            cluster = summary;
            live.tell(LiveEvent.Type.CLUSTER, summary);
        }
    }

    private void tell(Member member) {
        live.tell(LiveEvent.Type.MEMBER, text(json -> MemberJson.write(json, member, true)));
    }

    private void summary(JsonOut json) {
        long alive = known.values().stream().filter(Member::alive).count();
        json.startObject()
                .text("leader", view.leader().map(Member::name).orElse(""))
                .number("term", view.term())
                .number("members", known.size())
                .number("alive", alive)
                .endObject();
    }

    private static Member with(Member m, MemberStatus status) {
        return new Member(
                m.id(), m.name(), m.address(), m.port(), m.rpcPort(), m.server(), m.tags(), status, m.journalId());
    }

    private static String text(Consumer<JsonOut> writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (JsonOut json = Json.writer(bytes)) {
            writing.accept(json);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
