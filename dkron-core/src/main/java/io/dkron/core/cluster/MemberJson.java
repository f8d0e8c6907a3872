package io.dkron.core.cluster;

import io.dkron.core.json.JsonOut;

/** A member as the API shows it. Stateless. */
public final class MemberJson {
    private MemberJson() {}

    /**
     * Writes the member.
     *
     * @param listed adds {@code id} and {@code statusText}, which Dkron 4 has in its list of members only
     */
    public static void write(JsonOut json, Member member, boolean listed) {
        json.startObject()
                .text("Name", member.name())
                .text("Addr", member.address())
                .number("Port", member.port())
                .name("Tags")
                .map(member.tags())
                .number("Status", member.status().code());
        // Constants of the gossip library that the originals use; clients decode them.
        json.number("ProtocolMin", 1)
                .number("ProtocolMax", 5)
                .number("ProtocolCur", 2)
                .number("DelegateMin", 2)
                .number("DelegateMax", 5)
                .number("DelegateCur", 4);
        if (listed) {
            json.text("id", member.id()).text("statusText", member.status().text());
        }
        json.endObject();
    }
}
