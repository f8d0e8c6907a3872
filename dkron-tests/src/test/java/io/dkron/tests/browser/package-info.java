/** The dashboard, driven in a real Chromium against a running server. */
package io.dkron.tests.browser;
