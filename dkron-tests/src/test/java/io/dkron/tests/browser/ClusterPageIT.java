package io.dkron.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.dkron.tests.support.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page of the cluster: of the server that is there, and of a cluster in trouble that the test makes up. */
class ClusterPageIT {
    private static final String MEMBERS = """
            [{"Name":"s1","Addr":"10.0.0.1","Port":8946,"Status":1,"id":"i1","statusText":"alive","Tags":
               {"server":"true","version":"1.0.0","rpc_addr":"10.0.0.1:6868","dc":"dc1","region":"global","role":"dkron"}},
             {"Name":"s2","Addr":"10.0.0.2","Port":8946,"Status":4,"id":"i2","statusText":"failed","Tags":
               {"server":"true","version":"1.0.0","rpc_addr":"10.0.0.2:6868"}},
             {"Name":"s3","Addr":"fd00::3","Port":8946,"Status":1,"id":"i3","statusText":"alive","Tags":
               {"server":"true","version":"1.0.1","rpc_addr":"[fd00::3]:6868"}},
             {"Name":"a-node-with-a-rather-long-name.example.com","Addr":"10.0.0.4","Port":8946,"Status":2,"id":"i4",
              "statusText":"leaving","Tags":{"role":"web","rack":"<b>\\u202e1</b>","zone":"europe-west1-b"}},
             {"Name":"a5","Addr":"10.0.0.5","Port":8946,"Status":3,"id":"i5","statusText":"left","Tags":{"role":"db"}}]
            """;
    private static final String OVERVIEW = """
            {"jobs":{"total":0},"running":0,"members":{"total":5,"alive":2,"leaving":1,"left":1,"failed":1,"servers":2},
             "cluster":{"node":"s3","leader":"s1","term":7,"store":"embedded","store_status":"ok","raft":true,
              "clock_offsets":{"s1":-1.7,"a5":0.004}}}
            """;
    private static final String RAFT = """
            {"term":12,"leader":"s1#1","commit":123456,"peers":[
             {"id":"s1#1","node":"s1","address":"10.0.0.1:8947","state":"leader","voter":true},
             {"id":"s2#7f3a","node":"","address":"10.0.0.2:8947","state":"failed","voter":true},
             {"id":"s3#9","node":"s3","address":"[fd00::3]:8947","state":"follower","voter":true},
             {"id":"s6#9","node":"s6","address":"10.0.0.6:8947","state":"follower","voter":false}]}
            """;

    private final Node server = Site.get().follower();
    private final List<String> sent = new ArrayList<>();

    /** A visitor whom the API tells of that cluster. */
    private Visitor inTrouble(int width, ColorScheme scheme) {
        Visitor visitor = new Visitor(server.url(), width, scheme);
        visitor.page.route("**/v1/members", route -> json(route, MEMBERS));
        visitor.page.route("**/v1/overview*", route -> json(route, OVERVIEW));
        visitor.page.route("**/v1/raft", route -> json(route, RAFT));
        visitor.page.route("**/v1/leader", route -> json(route, "{\"Name\":\"s1\"}"));
        for (String change : List.of("**/v1/members/*", "**/v1/raft/**", "**/v1/leave")) {
            visitor.page.route(change, route -> {
                sent.add(route.request().method() + " "
                        + route.request().url().substring(server.url().length()));
                json(route, "{}");
            });
        }
        return visitor;
    }

    private static void json(Route route, String body) {
        route.fulfill(new Route.FulfillOptions()
                .setContentType("application/json; charset=utf-8")
                .setBody(body));
    }

    private static Locator row(Visitor visitor, String table, String text) {
        return visitor.at("table." + table + " tbody tr").filter(new Locator.FilterOptions().setHasText(text));
    }

    private static Locator button(Locator within, String words) {
        return within.locator("button", new Locator.LocatorOptions().setHasText(words));
    }

    @Test
    void theClusterIsShownAsTheServerThatAnswersSeesIt() {
        String leader = Site.get().leader();
        try (Visitor visitor = new Visitor(server.url())) {
            visitor.open("/ui/").at(".rail a[href='/ui/cluster']").click();
            assertThat(visitor.at("h1")).hasText("Cluster");
            assertThat(visitor.at(".state-line")).containsText("healthy");
            assertThat(visitor.at(".state-line")).containsText("leader " + leader);
            assertThat(visitor.at(".state-line")).containsText("node " + server.name());
            assertThat(visitor.at("table.members tbody tr")).hasCount(5);
            assertThat(row(visitor, "members", leader)).containsText("leads");
            Locator here = row(visitor, "members", server.name());
            for (String words : List.of("answers this page", "server", "alive", server.address() + ":")) {
                assertThat(here).containsText(words);
            }
            assertThat(row(visitor, "members", Site.AGENT)).containsText("role=web");
            assertThat(visitor.at("section[aria-labelledby=h-raft]")).containsText("3 of 3 votes alive: one may fail");
            visitor.heardNoComplaint();
        }
    }

    @ParameterizedTest
    @CsvSource({"390,LIGHT", "390,DARK", "1024,LIGHT", "1024,DARK", "1920,LIGHT", "1920,DARK"})
    void aClusterInTroubleIsWellShown(int width, ColorScheme scheme) {
        try (Visitor visitor = inTrouble(width, scheme)) {
            visitor.open("/ui/cluster");
            assertThat(visitor.at("table.peers tbody tr")).hasCount(4);
            assertThat(visitor.at("#cluster")).containsText("live");
            visitor.photograph("cluster-trouble-" + width + "-" + scheme.name().toLowerCase(Locale.ROOT));
            visitor.needsNoSidewaysScrolling();
            visitor.findsItAccessible();
            visitor.heardNoComplaint();
        }
    }

    @Test
    void whatIsWrongStandsOut() {
        try (Visitor visitor = inTrouble(1280, ColorScheme.LIGHT)) {
            visitor.open("/ui/cluster");
            assertThat(visitor.at(".state-line")).containsText("needs attention");
            assertThat(row(visitor, "members", "s2")).containsText("failed");
            assertThat(row(visitor, "members", "s1").locator(".c-clock")).hasText("\u22121.7 s");
            assertThat(row(visitor, "members", "s1").locator(".c-clock")).hasClass("c-clock is-off");
            assertThat(row(visitor, "members", "a-node").locator(".c-tags")).containsText("rack=<b>[U+202E]1</b>");
            assertThat(visitor.at("section[aria-labelledby=h-raft]")).containsText("2 of 3 votes alive: none may fail");
            assertThat(row(visitor, "peers", "s6#9")).containsText("not yet");
            visitor.open("/ui/");
            assertThat(visitor.at(".state-line")).containsText("1 failed");
        }
    }

    @Test
    void nothingIsForgottenOrRemovedWithoutAQuestion() {
        try (Visitor visitor = inTrouble(1280, ColorScheme.LIGHT)) {
            visitor.open("/ui/cluster");
            Locator dialog = visitor.at("dialog");
            button(row(visitor, "members", "s2"), "Forget").click();
            assertThat(dialog).containsText("Forget s2?");
            visitor.findsItAccessible();
            visitor.page.keyboard().press("Escape");
            assertThat(dialog).hasCount(0);
            Assertions.assertThat(sent).isEmpty();

            button(row(visitor, "members", "s2"), "Forget").click();
            button(dialog, "Forget member").click();
            assertThat(visitor.at(".note")).containsText("s2 is forgotten");
            button(row(visitor, "peers", "s2#7f3a"), "Remove").click();
            button(dialog, "Remove server").click();
            assertThat(visitor.at(".note").last()).containsText("s2#7f3a is removed");
            button(row(visitor, "peers", "s3#9"), "Make leader").click();
            assertThat(dialog).containsText("Hand the lead to s3?");
            button(dialog, "Hand over the lead").click();
            assertThat(visitor.at(".note").last()).containsText("handed to s3");
            button(row(visitor, "members", "s3"), "Leave").click();
            button(dialog, "Leave the cluster").click();
            assertThat(visitor.at(".note").last()).containsText("s3 has left");
            Assertions.assertThat(sent)
                    .containsExactly(
                            "DELETE /v1/members/s2",
                            "DELETE /v1/raft/s2%237f3a",
                            "POST /v1/raft/s3%239/promote",
                            "POST /v1/leave");
        }
    }

    @Test
    void whatTheServerWouldRefuseIsNotOfferedAndTheReasonStandsThere() {
        try (Visitor visitor = inTrouble(1280, ColorScheme.LIGHT)) {
            visitor.page.route(
                    "**/v1/members",
                    route -> json(
                            route,
                            MEMBERS.replaceFirst("\"Status\":1", "\"Status\":4")
                                    .replaceFirst("\"statusText\":\"alive\"", "\"statusText\":\"failed\"")
                                    .replace("\"Status\":2", "\"Status\":1")
                                    .replace("\"statusText\":\"leaving\"", "\"statusText\":\"alive\"")));
            visitor.page.route(
                    "**/v1/raft", route -> json(route, RAFT.replace("\"state\":\"leader\"", "\"state\":\"failed\"")));
            visitor.open("/ui/cluster");
            Locator here = row(visitor, "members", "s3");
            assertThat(button(here, "Leave")).isDisabled();
            assertThat(here).containsText("left without a server");
            Locator dead = row(visitor, "peers", "s2#7f3a");
            assertThat(button(dead, "Remove")).isDisabled();
            assertThat(dead).containsText("Without a majority");
            assertThat(row(visitor, "peers", "s6#9")).containsText("no vote yet");
            assertThat(button(row(visitor, "peers", "s3#9"), "Make leader")).isDisabled();
            visitor.findsItAccessible();
            visitor.heardNoComplaint();
        }
    }

    @Test
    void aStoreThatWentBackInTimeIsToldOnEveryPageAndAccepted() {
        try (Visitor visitor = new Visitor(server.url())) {
            AtomicBoolean accepted = new AtomicBoolean();
            visitor.page.route("**/v1/leader", route -> {
                if (accepted.get()) {
                    json(route, "{\"Name\":\"node1\"}");
                } else {
                    refusal(
                            route,
                            "{\"type\":\"urn:dkron:problem:no-leader\",\"status\":503,\"detail\":\"no leader\"}");
                }
            });
            visitor.page.route("**/health/ready", route -> refusal(route, """
                    {"status":"DOWN","checks":[{"name":"dkron-ready","status":"DOWN","data":{"reason":
                     "nobody leads; the store went back in time: it shows term 3 commit 7, and term 5 was seen"}}]}
                    """));
            visitor.page.route("**/v1/store/accept-rollback", route -> {
                accepted.set(true);
                json(route, "{\"term\":6}");
            });
            visitor.open("/ui/jobs");
            Locator banner = visitor.at(".banner.rollback");
            assertThat(banner).containsText("term 5 was seen");
            visitor.findsItAccessible();
            button(banner, "Accept rollback").click();
            Assertions.assertThat(accepted).isFalse();
            button(visitor.at("dialog"), "Accept rollback").click();
            assertThat(visitor.at(".note")).containsText("leads in term 6");
            assertThat(banner).isHidden();
            Assertions.assertThat(visitor.complaintsButRequests()).isEmpty();
        }
    }

    private static void refusal(Route route, String body) {
        route.fulfill(new Route.FulfillOptions()
                .setStatus(503)
                .setContentType("application/json; charset=utf-8")
                .setBody(body));
    }

    @Test
    void theLeadIsHandedOverAndThePageFollows() {
        String leader = Site.get().leader();
        String other = List.of("s1", "s2", "s3").stream()
                .filter(name -> !name.equals(leader) && !name.equals(server.name()))
                .findFirst()
                .orElseThrow();
        try (Visitor visitor = new Visitor(server.url())) {
            visitor.open("/ui/cluster");
            assertThat(visitor.at("#cluster")).containsText("leader " + leader);
            assertThat(button(row(visitor, "peers", leader), "Make leader")).hasCount(0);
            button(row(visitor, "peers", other), "Make leader").click();
            button(visitor.at("dialog"), "Hand over the lead").click();
            assertThat(visitor.at(".note")).containsText("handed to " + other);
            assertThat(visitor.at("#cluster")).containsText("leader " + other);
            assertThat(row(visitor, "members", other)).containsText("leads");
            assertThat(row(visitor, "peers", other)).containsText("leader");
            assertThat(row(visitor, "members", leader)).not().containsText("leads");
            Assertions.assertThat(visitor.complaintsButRequests()).isEmpty();
        }
    }

    @Test
    void anAgentThatFailedIsForgotten() {
        try (Node agent = Site.get().guest("short-lived");
                Visitor visitor = new Visitor(server.url())) {
            visitor.open("/ui/cluster");
            Locator row = row(visitor, "members", agent.name());
            assertThat(row).containsText("alive");
            agent.kill();
            assertThat(row).containsText("failed", new LocatorAssertions.ContainsTextOptions().setTimeout(60_000));
            assertThat(visitor.at(".state-line")).containsText("needs attention");
            button(row, "Forget").click();
            button(visitor.at("dialog"), "Forget member").click();
            assertThat(visitor.at(".note")).containsText("short-lived is forgotten");
            assertThat(row).hasCount(0);
            assertThat(visitor.at(".state-line")).containsText("healthy");
            Assertions.assertThat(visitor.complaintsButRequests()).isEmpty();
        }
    }

    @Test
    void theKeyboardLeadsThere() {
        try (Visitor visitor = new Visitor(server.url())) {
            visitor.open("/ui/");
            assertThat(visitor.at("#cluster")).containsText("live");
            visitor.page.keyboard().press("g");
            visitor.page.keyboard().press("c");
            visitor.page.waitForURL("**/ui/cluster", new Page.WaitForURLOptions().setTimeout(10_000));
        }
    }
}
