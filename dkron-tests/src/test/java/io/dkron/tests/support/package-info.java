/** What every black-box test needs: a server process of the distribution, and a client of its API. */
package io.dkron.tests.support;
