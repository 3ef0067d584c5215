CREATE TABLE instance (
  public BLOB NOT NULL,
  seed BLOB NOT NULL,
  PRIMARY KEY (public)
)
 WITHOUT ROWID;

CREATE TABLE keyring (
  serial BIGINT NOT NULL,
  raw BLOB NOT NULL,
  signature BLOB NOT NULL,
  PRIMARY KEY (serial)
)
 WITHOUT ROWID;

CREATE TABLE envelopes (
  id BLOB NOT NULL,
  channel VARCHAR(32) NOT NULL,
  size BIGINT NOT NULL,
  received BIGINT NOT NULL,
  day INTEGER NOT NULL,
  case_id BLOB,
  memo BLOB,
  withdraw_id BLOB,
  hash BLOB,
  bundle BIGINT,
  PRIMARY KEY (id)
)
 WITHOUT ROWID;

CREATE INDEX envelopes_by_withdrawal ON envelopes (withdraw_id);

CREATE INDEX envelopes_by_bundle ON envelopes (channel, bundle);

CREATE TABLE cases (
  case_id BLOB NOT NULL,
  channel VARCHAR(32) NOT NULL,
  memo BLOB,
  withdraw_id BLOB,
  day INTEGER,
  slot BLOB,
  collected BOOLEAN NOT NULL,
  closed BOOLEAN NOT NULL,
  PRIMARY KEY (case_id)
)
 WITHOUT ROWID;

CREATE INDEX cases_by_withdrawal ON cases (withdraw_id);

CREATE TABLE withdrawals (
  case_id BLOB NOT NULL,
  withdraw_key BLOB NOT NULL,
  channel VARCHAR(32) NOT NULL,
  bundle BIGINT,
  PRIMARY KEY (case_id, withdraw_key)
)
 WITHOUT ROWID;

CREATE TABLE intakes (
  channel VARCHAR(32) NOT NULL,
  n BIGINT NOT NULL,
  hash BLOB NOT NULL,
  raw BLOB,
  signature BLOB,
  PRIMARY KEY (channel, n)
)
 WITHOUT ROWID;

CREATE TABLE outboxes (
  channel VARCHAR(32) NOT NULL,
  n BIGINT NOT NULL,
  hash BLOB NOT NULL,
  raw BLOB NOT NULL,
  signature BLOB NOT NULL,
  PRIMARY KEY (channel, n)
)
 WITHOUT ROWID;

CREATE TABLE chunks (
  envelope_id BLOB NOT NULL,
  position BIGINT NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (envelope_id, position),
  FOREIGN KEY(envelope_id) REFERENCES envelopes (id) ON DELETE CASCADE
)
 WITHOUT ROWID;
