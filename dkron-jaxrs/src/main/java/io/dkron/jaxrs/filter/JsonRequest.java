package io.dkron.jaxrs.filter;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;

/**
 * A request whose body is JSON whatever its content type says: {@code curl -d} sends a form's, and the container would
 * read the body as one. Multipart bodies keep their type.
 */
final class JsonRequest extends HttpServletRequestWrapper {
    private static final String TYPE = "Content-Type";
    private static final String JSON = "application/json";

    private JsonRequest(HttpServletRequest request) {
        super(request);
    }

    static HttpServletRequest of(HttpServletRequest request) {
        String type = request.getContentType();
        boolean kept = type == null
                || type.equals(JSON)
                || type.toLowerCase(Locale.ROOT).startsWith("multipart/form-data");
        return kept ? request : new JsonRequest(request);
    }

    @Override
    public String getContentType() {
        return JSON;
    }

    @Override
    public String getHeader(String name) {
        return TYPE.equalsIgnoreCase(name) ? JSON : super.getHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        return TYPE.equalsIgnoreCase(name) ? Collections.enumeration(List.of(JSON)) : super.getHeaders(name);
    }
}
