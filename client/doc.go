// Package client talks to Knock: the public API, the management API and the ingestion URLs of sources.
//
// A [Client] belongs to one environment with its keys. All its users share one limiter per endpoint, so that
// sustained use stays just below Knock's rate-limit tiers, and one [Guard], so that read-only means read-only
// for every request, whoever makes it. Every method takes a context; each attempt has a time limit of its own.
//
// Input is checked before anything is sent (see [InvalidError]); what Knock or the network answers comes back as
// an [Error]. Neither ever holds a key.
package client
