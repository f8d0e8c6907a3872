/**
 * One resource a noun. The WAR sits at {@code /} of Liberty's virtual host {@code dkron} (WEB-INF/ibm-web-bnd.xml), where
 * nothing of Liberty's own is bound, so {@code /health/**}, {@code /metrics} and {@code /openapi} are resources here:
 * {@code /health/live|ready|started} ask the CDI beans with {@code @Liveness}, {@code @Readiness}, {@code @Startup}.
 */
package io.dkron.jaxrs.api;
