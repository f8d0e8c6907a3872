/** Every failure as {@code application/problem+json}: kinds, the exception of resources, the mappers. */
package io.dkron.jaxrs.problem;
