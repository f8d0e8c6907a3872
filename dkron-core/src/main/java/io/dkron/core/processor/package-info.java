/**
 * What sees an execution's output before it is stored: the SPI of processors, found by {@link java.util.ServiceLoader}
 * on the class path and in the jars of {@code plugins-dir}.
 */
package io.dkron.core.processor;
