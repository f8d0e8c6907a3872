/** The EAR and the root's server.xml on an Open Liberty as it is downloaded, without our launcher. */
package io.dkron.tests.stock;
