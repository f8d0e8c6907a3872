/**
 * What runs jobs: the SPI of executors, found by {@link java.util.ServiceLoader} on the class path and in the jars of
 * {@code plugins-dir}.
 */
package io.dkron.core.executor;
