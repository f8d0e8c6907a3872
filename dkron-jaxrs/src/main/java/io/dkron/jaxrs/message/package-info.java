/** What stands between HTTP and the codec: the request as resources see it, query parameters, JSON answers. */
package io.dkron.jaxrs.message;
