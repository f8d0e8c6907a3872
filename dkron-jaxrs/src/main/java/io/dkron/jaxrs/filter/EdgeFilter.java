package io.dkron.jaxrs.filter;

import io.dkron.core.access.OriginPolicy;
import io.dkron.core.config.Setting;
import io.dkron.core.config.Settings;
import io.dkron.core.json.ProblemJson;
import io.dkron.core.json.Profile;
import io.dkron.ejb.service.ClusterService;
import io.dkron.ejb.service.Consistency;
import io.dkron.ejb.service.LaggingAnswers;
import io.dkron.ejb.service.NotLoadedException;
import io.dkron.jaxrs.message.Call;
import io.dkron.jaxrs.problem.ProblemAnswers;
import io.dkron.jaxrs.problem.ProblemType;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The edge of the API: refuses what pages of other sites send, and bodies that are too large by their own account; sets
 * the headers that every answer has; finds the dialect.
 */
@WebFilter(urlPatterns = "/*", asyncSupported = true, dispatcherTypes = DispatcherType.REQUEST)
public class EdgeFilter implements Filter {
    private static final int BARRIER = 10;
    private static final String COMPAT = "Dkron-Api-Compat";

    // Filters are made when the application starts, and the server comes up after that.
    @Inject
    private Instance<Settings> settings;

    @Inject
    private Instance<ClusterService> cluster;

    @Inject
    private Instance<Consistency> consistency;

    @Inject
    private Instance<LaggingAnswers> lagging;

    private volatile Optional<Edge> edge = Optional.empty();

    /** What does not change once the server is up. */
    private record Edge(
            String node,
            OriginPolicy policy,
            boolean v1,
            long maxBody,
            long maxRestore,
            Consistency consistency,
            LaggingAnswers lagging) {
        static Edge of(Settings settings, String node, Consistency consistency, LaggingAnswers lagging) {
            List<String> hosts = new ArrayList<>(settings.list(Setting.HTTP_HOSTS));
            hosts.add(node);
            hosts.add(settings.httpAddress().host());
            return new Edge(
                    node,
                    new OriginPolicy(
                            hosts.stream().filter(h -> !h.isEmpty()).toList(),
                            settings.list(Setting.HTTP_CORS_ORIGINS)),
                    settings.string(Setting.API_COMPAT).equals("v1"),
                    settings.bytes(Setting.HTTP_MAX_BODY),
                    settings.bytes(Setting.HTTP_MAX_RESTORE),
                    consistency,
                    lagging);
        }
    }

    private Edge edge() {
        Optional<Edge> known = edge;
        if (known.isEmpty()) {
            known = Optional.of(Edge.of(settings.get(), cluster.get().self().name(), consistency.get(), lagging.get()));
            edge = known;
        }
        return known.get();
    }

    @Override
    public void doFilter(ServletRequest servletRequest, ServletResponse servletResponse, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest request = (HttpServletRequest) servletRequest;
        HttpServletResponse response = (HttpServletResponse) servletResponse;
        response.setHeader("X-Content-Type-Options", "nosniff");
        Edge edge;
        try {
            edge = edge();
        } catch (NotLoadedException e) { // a filter is an edge of its own: no mapper sees what it throws
            refuse(response, new Call(request, Profile.V4), ProblemType.STORE_UNAVAILABLE, e.getMessage());
            return;
        }
        response.setHeader("X-Whom", edge.node());
        Optional<String> wanted = Optional.ofNullable(request.getHeader(COMPAT));
        boolean v1 = wanted.map("v1"::equalsIgnoreCase).orElse(edge.v1());
        HttpServletRequest passed = JsonRequest.of(request);
        Call call = new Call(passed, v1 ? Profile.V1 : Profile.V4).attached(edge.lagging());

        OriginPolicy.Decision decision = edge.policy().decide(origin(request));
        if (!decision.admitted()) {
            refuse(response, call, ProblemType.CROSS_SITE, decision.refusal().orElseThrow());
            return;
        }
        decision.cors().ifPresent(origin -> cors(response, origin));
        if (decision.cors().isPresent() && isPreflight(request)) {
            preflight(response);
            return;
        }
        if (wanted.isPresent() && !wanted.get().matches("(?i)v[14]")) {
            refuse(response, call, ProblemType.MALFORMED, "Header " + COMPAT + " must be v1 or v4.");
            return;
        }
        long limit = isRestore(request) ? edge.maxRestore() : edge.maxBody();
        if (request.getContentLengthLong() > limit) {
            response.setHeader("Connection", "close"); // what is on its way is not read
            refuse(response, call, ProblemType.TOO_LARGE, "The body is larger than " + limit + " bytes.");
            return;
        }
        boolean consistent = isRead(request) && call.query().flag("consistent");
        Optional<String> stale = consistent ? stale(edge) : Optional.empty();
        if (stale.isPresent()) {
            refuse(response, call, ProblemType.NO_LEADER, stale.get());
            return;
        }
        chain.doFilter(passed, response);
    }

    private static boolean isRead(HttpServletRequest request) {
        boolean reads = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
        return reads && request.getRequestURI().startsWith("/v1");
    }

    /** Why what this node reads may be older than what the leader has; empty when it is not. */
    private static Optional<String> stale(Edge edge) {
        return edge.consistency()
                .barrier()
                .toCompletableFuture()
                .copy()
                .completeOnTimeout(Optional.of("The leader was not heard in time."), BARRIER, TimeUnit.SECONDS)
                .join();
    }

    private static boolean isRestore(HttpServletRequest request) {
        return request.getRequestURI().startsWith("/v1/restore");
    }

    private static OriginPolicy.Request origin(HttpServletRequest request) {
        return new OriginPolicy.Request(
                request.getMethod(),
                Optional.ofNullable(request.getHeader("Host")),
                Optional.ofNullable(request.getHeader("Origin")),
                Optional.ofNullable(request.getHeader("Sec-Fetch-Site")),
                Optional.ofNullable(request.getHeader("Sec-Fetch-Mode")));
    }

    private static void refuse(HttpServletResponse response, Call call, ProblemType type, String detail)
            throws IOException {
        ProblemAnswers.Body body = ProblemAnswers.body(call, type, detail, ProblemJson.Kind.FIELD, List.of());
        response.setStatus(body.status());
        if (body.status() == HttpServletResponse.SC_SERVICE_UNAVAILABLE) {
            response.setHeader("Retry-After", "1");
        }
        response.setContentType(body.mediaType());
        response.setContentLength(body.bytes().length);
        response.getOutputStream().write(body.bytes());
    }

    private static boolean isPreflight(HttpServletRequest request) {
        return request.getMethod().equals("OPTIONS") && request.getHeader("Access-Control-Request-Method") != null;
    }

    private static void cors(HttpServletResponse response, String origin) {
        response.setHeader("Access-Control-Allow-Origin", origin);
        response.setHeader("Vary", "Origin");
        response.setHeader(
                "Access-Control-Expose-Headers",
                "X-Total-Count, X-Whom, Location, ETag, Link, Warning, Dkron-Execution-Group, Idempotent-Replayed,"
                        + " Dkron-Applied");
    }

    private static void preflight(HttpServletResponse response) {
        response.setHeader("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
        response.setHeader(
                "Access-Control-Allow-Headers",
                "Content-Type, Accept, Authorization, If-Match, If-None-Match, Idempotency-Key, Prefer, " + COMPAT);
        response.setHeader("Access-Control-Max-Age", "600");
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
    }
}
