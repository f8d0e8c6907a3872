/** The executor {@code grpc}: a run is a call of a method that its server describes by reflection. */
package io.dkron.agent.executor.grpc;
