/** The REST API from outside: the recorded answers of the original, the conformance cases, and bad input. */
package io.dkron.tests.api;
