package io.dkron.web.filter;

import io.dkron.web.page.Route;
import io.dkron.web.page.Shell;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * The one door of the dashboard: sets the headers that keep its pages safe, lets assets through, and leads every other
 * address to its view. What means no page is a real 404, and so are the views by their own names.
 */
@WebFilter(filterName = "routing", urlPatterns = "/*", dispatcherTypes = DispatcherType.REQUEST)
public class RoutingFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
            + "require-trusted-types-for 'script'";

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        response.setHeader("Content-Security-Policy", POLICY);
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Referrer-Policy", "no-referrer");
        String path = request.getRequestURI().substring(request.getContextPath().length());
        if (path.isEmpty()) {
            response.setHeader("Location", request.getContextPath() + "/");
            response.setStatus(HttpServletResponse.SC_MOVED_PERMANENTLY);
        } else if (path.startsWith("/assets/")) {
            chain.doFilter(request, response);
        } else if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
            response.setHeader("Allow", "GET, HEAD");
            response.setStatus(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
        } else {
            page(Route.of(path), request, response);
        }
    }

    private static void page(Route route, HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        response.setHeader("Cache-Control", "no-cache");
        response.setHeader("Vary", "Accept-Language");
        if (route.page() == Route.Page.NOT_FOUND) {
            response.setStatus(HttpServletResponse.SC_NOT_FOUND);
        }
        request.setAttribute(Shell.ROUTE, route);
        request.getRequestDispatcher("/views/" + route.page().text() + ".xhtml").forward(request, response);
    }
}
