package team

import (
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/knockops/knockops/config"
)

// startServer runs a NATS server of one node until the test ends. change may be nil.
func startServer(t testing.TB, change func(*server.Options)) *server.Server {
	t.Helper()
	o := &server.Options{
		ServerName: "n1", Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoLog: true, NoSigs: true,
	}
	if change != nil {
		change(o)
	}
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { stopServer(s) })
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not start")
	}
	return s
}

func stopServer(s *server.Server) {
	s.Shutdown()
	s.WaitForShutdown()
}

// profileAt is a profile whose team is at a server.
func profileAt(url string) config.Profile {
	return config.Profile{
		Name: "production", Environment: "production", BaseURL: config.DefaultBaseURL,
		Team: config.TeamSettings{Servers: []string{url}, Replicas: 1, Retain: config.DefaultTeamRetain},
	}
}

// connected connects to a profile's team until the test ends.
func connected(t testing.TB, p config.Profile) *Team {
	t.Helper()
	team, err := Connect(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(team.Close)
	return team
}
