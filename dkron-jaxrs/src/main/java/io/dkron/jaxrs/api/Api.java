package io.dkron.jaxrs.api;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

/** All resources of the API, at the root. */
@ApplicationPath("/")
public class Api extends Application {}
