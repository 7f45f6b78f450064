package team

import (
	"context"
	"time"
)

// Status is how a team's servers and streams are.
type Status struct {
	Profile     string `json:"profile"`
	Environment string `json:"environment"`
	Server      string `json:"server"` // the one that this machine is connected to
	Version     string `json:"version"`
	Cluster     string `json:"cluster,omitempty"`
	// MaxPayload is how many bytes an event with its headers may have.
	MaxPayload int64  `json:"max_payload"`
	Events     Stream `json:"events"`
}

// Stream is how a stream is.
type Stream struct {
	Name     string    `json:"name"`
	Messages uint64    `json:"messages"`
	Bytes    uint64    `json:"bytes"`
	First    uint64    `json:"first_sequence"`
	Last     uint64    `json:"last_sequence"`
	FirstAt  time.Time `json:"first_at,omitzero"`
	LastAt   time.Time `json:"last_at,omitzero"`
	// Leader is the server that takes what is published; "" when a cluster has none, and takes nothing.
	Leader   string `json:"leader"`
	Replicas []Copy `json:"replicas,omitempty"` // beside the leader's
	// Differences are settings that are not as the profile wants them.
	Differences []Difference `json:"differences,omitempty"`
}

// Copy is what a server other than the leader has of a stream.
type Copy struct {
	Server  string `json:"server"`
	Current bool   `json:"current"` // it follows the leader
	Offline bool   `json:"offline"`
	Lag     uint64 `json:"lag"` // operations that it has still to take over
}

// Status asks the servers how everything is. The error tells what kept it from learning the rest.
func (t *Team) Status(ctx context.Context) (Status, error) {
	s := Status{
		Profile: t.profile.Name, Environment: t.profile.Environment,
		Server: t.nc.ConnectedServerName(), Version: t.nc.ConnectedServerVersion(), Cluster: t.nc.ConnectedClusterName(),
		MaxPayload: t.nc.MaxPayload(),
		Events:     Stream{Name: t.names.events},
	}
	_, info, err := t.events(ctx)
	if err != nil {
		return s, err
	}
	e := &s.Events
	e.Messages, e.Bytes, e.First, e.Last = info.State.Msgs, info.State.Bytes, info.State.FirstSeq, info.State.LastSeq
	e.Differences = differences(info.Config, t.eventStream())
	if e.Messages > 0 {
		e.FirstAt, e.LastAt = info.State.FirstTime, info.State.LastTime
	}
	e.Leader = s.Server // where there is no cluster, and so nothing to agree upon
	if c := info.Cluster; c != nil {
		e.Leader = c.Leader
		for _, peer := range c.Replicas {
			e.Replicas = append(e.Replicas, Copy{peer.Name, peer.Current, peer.Offline, peer.Lag})
		}
	}
	return s, nil
}
