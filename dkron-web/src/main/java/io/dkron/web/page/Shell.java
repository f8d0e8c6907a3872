package io.dkron.web.page;

import io.dkron.ejb.live.LiveHub;
import io.dkron.ejb.service.NotLoadedException;
import jakarta.enterprise.context.RequestScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** What the views show of the request: the page asked for, its words and its files. */
@Named
@RequestScoped
public class Shell {
    /** The request's attribute that holds its {@link Route}. */
    public static final String ROUTE = Route.class.getName();

    private static final int LONGEST_TITLE = 200;

    @Inject
    private HttpServletRequest request;

    @Inject
    private Words allWords;

    @Inject
    private Assets allAssets;

    @Inject
    private Instance<LiveHub> events;

    private Route route() {
        return request.getAttribute(ROUTE) instanceof Route route ? route : Route.NOT_FOUND;
    }

    /** The name of the page. */
    public String getPage() {
        return route().page().text();
    }

    /** The language of the answer, as a BCP 47 tag. */
    public String getLanguage() {
        return allWords.choose(Collections.list(request.getLocales()));
    }

    /** The words by key. */
    public Map<String, String> getWords() {
        return allWords.in(getLanguage());
    }

    /** The address of the folder of files. */
    public String getAssets() {
        return request.getContextPath() + "/assets/" + allAssets.hash();
    }

    /** The scripts to fetch ahead, below {@link #getAssets()}. */
    public List<String> getModules() {
        return allAssets.modules(getLanguage(), route().page());
    }

    /** The first request that the page's script will send, to be sent ahead; empty where that depends on the address. */
    public String getFirstData() {
        return switch (route().page()) {
            case OVERVIEW -> request.getQueryString() == null ? "/v1/overview?range=24h" : "";
            case MEMBERS -> "/v1/overview";
            case REFERENCE -> "/v1/openapi.json";
            case JOBS -> request.getQueryString() == null ? "/v1/jobs?_start=0&_end=50&_sort=name&_order=ASC" : "";
            case JOB -> "/v1/jobs/" + Route.encode(route().job());
            case EDITOR -> route().job().isEmpty() ? "/v1/executors" : "/v1/jobs/" + Route.encode(route().job());
            case RUN, NOT_FOUND -> "";
        };
    }

    /** The id of the newest event, from which the page's stream goes on; empty while the server is not up. */
    public String getNewestEvent() {
        try {
            return events.get().newest().toString();
        } catch (NotLoadedException notUpYet) {
            return ""; // the page then reads its data once more as soon as its stream stands
        }
    }

    /** The browser's title. */
    public String getTitle() {
        Map<String, String> words = getWords();
        String title = switch (route().page()) {
            case OVERVIEW -> words.get("overview.title");
            case JOBS -> words.get("jobs.title");
            case MEMBERS -> words.get("members.title");
            case REFERENCE -> words.get("reference.title");
            case JOB, RUN -> shown(route().job());
            case EDITOR ->
                route().job().isEmpty()
                        ? words.get("editor.new")
                        : words.get("editor.edit") + " " + shown(route().job());
            case NOT_FOUND -> words.get("notFound.title");
        };
        return title + " · Dkron";
    }

    /** The job's name to read. */
    public String getJobShown() {
        return shown(route().job());
    }

    /** The address of the job's page. */
    public String getJobAddress() {
        return request.getContextPath() + Route.jobPage(route().job());
    }

    /** The execution's public name to read. */
    public String getRunShown() {
        return shown(route().run());
    }

    /** Text from an address: cut, and with characters that would hide or reorder text shown by their number. */
    static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().limit(LONGEST_TITLE).forEach(c -> {
            int type = Character.getType(c);
            if (type == Character.CONTROL
                    || type == Character.FORMAT
                    || type == Character.SURROGATE
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR) {
                shown.append(String.format("[U+%04X]", c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return text.codePointCount(0, text.length()) > LONGEST_TITLE ? shown + "…" : shown.toString();
    }
}
