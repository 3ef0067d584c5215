CREATE TABLE instance (
  public BYTEA NOT NULL,
  seed BYTEA NOT NULL,
  PRIMARY KEY (public)
);

CREATE TABLE keyring (
  serial BIGINT NOT NULL,
  raw BYTEA NOT NULL,
  signature BYTEA NOT NULL,
  PRIMARY KEY (serial)
);

CREATE TABLE envelopes (
  id BYTEA NOT NULL,
  channel VARCHAR(32) NOT NULL,
  size BIGINT NOT NULL,
  received BIGINT NOT NULL,
  day INTEGER NOT NULL,
  case_id BYTEA,
  memo BYTEA,
  withdraw_id BYTEA,
  hash BYTEA,
  bundle BIGINT,
  PRIMARY KEY (id)
);

CREATE INDEX envelopes_by_withdrawal ON envelopes (withdraw_id);

CREATE INDEX envelopes_by_bundle ON envelopes (channel, bundle);

CREATE TABLE cases (
  case_id BYTEA NOT NULL,
  channel VARCHAR(32) NOT NULL,
  memo BYTEA,
  withdraw_id BYTEA,
  day INTEGER,
  slot BYTEA,
  collected BOOLEAN NOT NULL,
  closed BOOLEAN NOT NULL,
  PRIMARY KEY (case_id)
);

CREATE INDEX cases_by_withdrawal ON cases (withdraw_id);

CREATE TABLE withdrawals (
  case_id BYTEA NOT NULL,
  withdraw_key BYTEA NOT NULL,
  channel VARCHAR(32) NOT NULL,
  bundle BIGINT,
  PRIMARY KEY (case_id, withdraw_key)
);

CREATE TABLE intakes (
  channel VARCHAR(32) NOT NULL,
  n BIGINT NOT NULL,
  hash BYTEA NOT NULL,
  raw BYTEA,
  signature BYTEA,
  PRIMARY KEY (channel, n)
);

CREATE TABLE outboxes (
  channel VARCHAR(32) NOT NULL,
  n BIGINT NOT NULL,
  hash BYTEA NOT NULL,
  raw BYTEA NOT NULL,
  signature BYTEA NOT NULL,
  PRIMARY KEY (channel, n)
);

CREATE TABLE chunks (
  envelope_id BYTEA NOT NULL,
  position BIGINT NOT NULL,
  data BYTEA NOT NULL,
  PRIMARY KEY (envelope_id, position),
  FOREIGN KEY(envelope_id) REFERENCES envelopes (id) ON DELETE CASCADE
);
