/** The part of Go's text templates that messages need. Pure: parsed once, rendered by any thread. */
package io.dkron.core.template;
