package io.dkron.connectors.adapter;

import io.dkron.core.store.StoreRequest;
import jakarta.resource.spi.ConnectionRequestInfo;

/** The request as the container compares it: connections are pooled by it. */
record RequestInfo(StoreRequest request) implements ConnectionRequestInfo {}
