package mirrortest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"time"
)

// TLS chooses the certificate of a server, right or wrong. The certificate
// names 127.0.0.1, ::1, localhost, mirror.test and *.mirror.test.
type TLS string

// The certificates. Every one is signed by the authority that [Server.CA]
// returns; a client that was not given it sees an unknown authority.
const (
	TLSGood      TLS = "good"
	TLSExpired   TLS = "expired"   // ended a day ago
	TLSNotYet    TLS = "notyet"    // begins tomorrow
	TLSWrongName TLS = "wrongname" // names other.test only
	TLSOld       TLS = "old"       // the server speaks TLS 1.1 at most
)

// quiet drops what net/http says about connections that tests break on purpose.
var quiet = log.New(io.Discard, "", 0)

// config makes the server's configuration and the authority's PEM; both nil
// for plain HTTP.
func (t TLS) config() (*tls.Config, []byte, error) {
	if t == "" {
		return nil, nil, nil
	}
	now := time.Now()
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mirrortest authority"},
		NotBefore: now.Add(-96 * time.Hour), NotAfter: now.Add(96 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "mirrortest"},
		NotBefore: now.Add(-48 * time.Hour), NotAfter: now.Add(48 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		DNSNames:    []string{"localhost", "mirror.test", "*.mirror.test"},
	}
	conf := &tls.Config{MinVersion: tls.VersionTLS12}
	switch t {
	case TLSExpired:
		leaf.NotAfter = now.Add(-24 * time.Hour)
	case TLSNotYet:
		leaf.NotBefore = now.Add(24 * time.Hour)
	case TLSWrongName:
		leaf.IPAddresses, leaf.DNSNames = nil, []string{"other.test"}
	case TLSOld:
		conf.MinVersion, conf.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	}
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	leafKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	ca, err := x509.CreateCertificate(rand.Reader, authority, authority, &caKey.PublicKey, caKey)
	if err != nil {
		return nil, nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, authority, &leafKey.PublicKey, caKey)
	if err != nil {
		return nil, nil, err
	}
	conf.Certificates = []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: leafKey}}
	return conf, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca}), nil
}
