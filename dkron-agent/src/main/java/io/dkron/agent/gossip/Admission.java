package io.dkron.agent.gossip;

import java.util.Optional;

/** Whether a node that greets may come in. */
final class Admission {
    private Admission() {}

    /** Why not. The numbers stand on the wire. */
    enum Reason {
        NONE,
        /** It belongs to another cluster. */
        CLUSTER,
        /** Another living node has its name. */
        NAME,
        /** A later start of the same node is alive. */
        REPLACED,
        /** It is this very process: the own address stood in its list. */
        SELF
    }

    /**
     * A refusal.
     *
     * @param holder the member because of which a name is refused
     */
    record Refusal(Reason reason, String text, Optional<Entry> holder) {}

    /**
     * Judges a greeting.
     *
     * @param alone whether the greeting node knows no other living members: then it joins, else two parts meet
     */
    static Optional<Refusal> judge(MemberTable table, Entry guest, Optional<String> cluster, boolean alone) {
        Entry self = table.self();
        if (guest.sameProcess(self)) {
            return Optional.of(new Refusal(Reason.SELF, "this node itself", Optional.empty()));
        }
        if (!Clusters.meet(self.peer(), table.cluster(), guest.peer(), cluster)) {
            return Optional.of(new Refusal(Reason.CLUSTER, otherCluster(cluster, table.cluster()), Optional.empty()));
        }
        Optional<Entry> same = table.byId(guest.id());
        if (same.isPresent() && same.get().present() && !same.get().sameProcess(guest)) {
            Optional<Refusal> refusal = sameNode(same.get(), guest);
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        return table.holderOf(guest.name())
                .filter(holder -> holder.present() && !holder.id().equals(guest.id()))
                .filter(holder -> alone) // two parts that meet settle it by their starts
                .map(holder -> new Refusal(
                        Reason.NAME,
                        "the name " + guest.name() + " belongs to the living member " + holder.id() + " at "
                                + holder.peer().member().address() + ":"
                                + holder.peer().member().port() + "; choose another --node-name",
                        Optional.of(holder)));
    }

    private static Optional<Refusal> sameNode(Entry known, Entry guest) {
        if (known.peer().starts() > guest.peer().starts()) {
            return Optional.of(new Refusal(
                    Reason.REPLACED,
                    "a later start of this node (" + known.peer().starts() + ") is alive at "
                            + known.peer().member().address() + ":"
                            + known.peer().member().port(),
                    Optional.of(known)));
        }
        if (known.peer().starts() == guest.peer().starts()) {
            return Optional.of(new Refusal(
                    Reason.NAME,
                    "a copy of this node's data is in use at "
                            + known.peer().member().address() + ":"
                            + known.peer().member().port(),
                    Optional.of(known)));
        }
        return Optional.empty();
    }

    static String otherCluster(Optional<String> theirs, Optional<String> ours) {
        return "it belongs to cluster " + theirs.orElse("none") + ", the member asked to cluster " + ours.orElse("none")
                + "; clusters are never merged";
    }
}
