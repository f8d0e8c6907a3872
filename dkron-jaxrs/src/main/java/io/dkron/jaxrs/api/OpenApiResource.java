package io.dkron.jaxrs.api;

import io.dkron.core.json.Json;
import io.dkron.jaxrs.message.Call;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The description of the API. It is a file, held against the resources by a test, since building it from annotations
 * costs each start.
 */
@Path("/")
@ApplicationScoped
public class OpenApiResource {
    private static final String FILE = "openapi.json";

    @GET
    @Path("openapi")
    public Response openapi(@Context HttpServletRequest http) {
        if (Call.of(http).header("Accept").orElse("").contains("json")) {
            return json(Call.of(http));
        }
        return Response.ok(Yaml.write(Json.read(document())).getBytes(StandardCharsets.UTF_8))
                .header("Content-Type", "application/yaml; charset=utf-8")
                .build();
    }

    static Response json(Call call) {
        return call.ok(Json.write(Json.read(document()))).build();
    }

    static byte[] document() {
        try (InputStream in = OpenApiResource.class.getResourceAsStream(FILE)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(FILE, e);
        }
    }
}
