/** A real server tells real receivers. */
package io.dkron.tests.notify;
