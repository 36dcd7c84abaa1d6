using Npgsql;

namespace TriggerConsole.Core.Nodes;

/// <summary>Nodes on PostgreSQL. Every statement of a heartbeat goes in one round trip; two rescuers pass each other by.</summary>
internal sealed class PostgreSqlNodeStore : INodeStore, IAsyncDisposable
{
    /// <summary>Nodes that register at the same moment do so one after the other.</summary>
    private const long RegisterLock = 0x5443_4e4f_4445;

    private const long AloneLock = 0x5443_414c_4f4e_45;

    private const string Columns = "id, name, host, process_id, role, version, started_at, heartbeat_at, workers, state";

    private readonly NpgsqlDataSource _source;

    private readonly string _connectionString;

    public PostgreSqlNodeStore(string connectionString)
        => (_connectionString, _source) = (connectionString, NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "TriggerConsole node", Timeout = 5, CommandTimeout = 5, MaxPoolSize = 2, MinPoolSize = 0 }));

    public bool IsShared => true;

    public async Task<IAsyncDisposable> EnterAloneAsync(CancellationToken cancellationToken)
    {
        // Not from the pool: closing it gives the lock back
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_connectionString) { Pooling = false, CommandTimeout = 60 }.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await ExecuteAsync(connection, "SELECT pg_advisory_lock($1)", cancellationToken, AloneLock);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async Task<IReadOnlyList<Node>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand($"SELECT {Columns} FROM nodes ORDER BY id");
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var nodes = new List<Node>();
        while (await rows.ReadAsync(cancellationToken)) nodes.Add(Read(rows));
        return nodes;
    }

    public async Task<int> RegisterAsync(Node node, NodeState state, int? preferredSlot, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, "SELECT pg_advisory_xact_lock($1)", cancellationToken, RegisterLock);
        var taken = new HashSet<int>();
        await using (var command = new NpgsqlCommand("SELECT state FROM nodes WHERE id <> $1", connection) { Parameters = { new() { Value = node.Id } } })
        await using (var rows = await command.ExecuteReaderAsync(cancellationToken))
            while (await rows.ReadAsync(cancellationToken)) taken.Add(NodeState.Read(rows.GetString(0)).Slot);
        var slot = preferredSlot is { } preferred && !taken.Contains(preferred) ? preferred : Enumerable.Range(0, taken.Count + 1).First(i => !taken.Contains(i));
        await ExecuteAsync(connection, $"INSERT INTO nodes ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp(), $8, $9)", cancellationToken,
            node.Id, node.Name, node.Host ?? (object)DBNull.Value, node.ProcessId, node.Role, node.Version, node.StartedAt, node.Workers, (state with { Slot = slot }).Write());
        await transaction.CommitAsync(cancellationToken);
        return slot;
    }

    public async Task<IReadOnlyList<(Node Node, bool IsAlive)>?> BeatAsync(Guid node, int workers, string state, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var batch = _source.CreateBatch();
        batch.BatchCommands.Add(new("UPDATE nodes SET heartbeat_at = clock_timestamp(), workers = $2, state = $3 WHERE id = $1") { Parameters = { new() { Value = node }, new() { Value = workers }, new() { Value = state } } });
        batch.BatchCommands.Add(new($"SELECT {Columns}, heartbeat_at >= clock_timestamp() - $1 FROM nodes ORDER BY id") { Parameters = { new() { Value = lease } } });
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        var nodes = new List<(Node, bool)>();
        while (await rows.ReadAsync(cancellationToken)) nodes.Add((Read(rows), rows.GetBoolean(10)));
        return nodes.Exists(n => n.Item1.Id == node) ? nodes : null;
    }

    public async Task<Rescue> RescueAsync(Guid rescuer, IReadOnlyCollection<Guid> gone, TimeSpan lease, bool withOrphans, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var (owners, names) = (new List<Guid>(), new List<string>());
        await using (var command = new NpgsqlCommand("""
            WITH dead AS (SELECT id FROM nodes WHERE id <> $1 AND (id = ANY ($2) OR heartbeat_at < clock_timestamp() - $3) FOR UPDATE SKIP LOCKED)
            DELETE FROM nodes n USING dead WHERE n.id = dead.id RETURNING n.id, n.name
            """, connection) { Parameters = { new() { Value = rescuer }, new() { Value = gone.ToArray() }, new() { Value = lease } } })
        await using (var rows = await command.ExecuteReaderAsync(cancellationToken))
            while (await rows.ReadAsync(cancellationToken))
            {
                owners.Add(rows.GetGuid(0));
                names.Add(rows.GetString(1));
            }
        if (withOrphans)
        {
            await using var command = new NpgsqlCommand("""
                SELECT DISTINCT owner_id FROM executions e WHERE owner_id IS NOT NULL AND finished_at IS NULL AND NOT EXISTS (SELECT FROM nodes n WHERE n.id = e.owner_id)
                """, connection);
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
                if (rows.GetGuid(0) is var owner && !owners.Contains(owner)) owners.Add(owner);
        }
        if (owners.Count == 0) return Rescue.Nothing;
        var (count, triggers) = await GiveBackAsync(connection, owners, rescuer, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(names, count, triggers);
    }

    public async Task RemoveAsync(Guid node, CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand("DELETE FROM nodes WHERE id = $1");
        command.Parameters.Add(new() { Value = node });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // From one trigger to the next by one seek each, and from one priority to the next: the rows between are not read
    public async Task<IReadOnlyList<(Guid Trigger, DateTimeOffset Due)>> WaitingAsync(CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand("""
            WITH RECURSIVE w (trigger_id) AS (
                (SELECT trigger_id FROM executions WHERE owner_id IS NULL AND finished_at IS NULL AND trigger_id IS NOT NULL ORDER BY trigger_id LIMIT 1)
                UNION ALL
                SELECT (SELECT e.trigger_id FROM executions e WHERE e.owner_id IS NULL AND e.finished_at IS NULL AND e.trigger_id > w.trigger_id ORDER BY e.trigger_id LIMIT 1)
                FROM w WHERE w.trigger_id IS NOT NULL)
            SELECT w.trigger_id, (
                SELECT min(x.due_at) FROM generate_series(0, 9) AS p (priority)
                CROSS JOIN LATERAL (
                    SELECT due_at FROM executions e WHERE e.trigger_id = w.trigger_id AND e.priority = p.priority AND e.owner_id IS NULL AND e.finished_at IS NULL ORDER BY due_at LIMIT 1) x)
            FROM w WHERE w.trigger_id IS NOT NULL
            """);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var waiting = new List<(Guid, DateTimeOffset)>();
        while (await rows.ReadAsync(cancellationToken))
            if (!rows.IsDBNull(1)) waiting.Add((rows.GetGuid(0), rows.GetFieldValue<DateTimeOffset>(1)));
        return waiting;
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    // Rows that the dead node's last transaction still has locked are passed over; as orphans they are found the next time
    private static async Task<(int Count, List<Guid> Triggers)> GiveBackAsync(NpgsqlConnection connection, List<Guid> owners, Guid rescuer, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            WITH lost AS (SELECT id FROM executions WHERE owner_id IS NOT NULL AND owner_id = ANY ($1) AND finished_at IS NULL FOR UPDATE SKIP LOCKED),
            recovered AS (
                UPDATE executions e SET owner_id = NULL, recoveries = recoveries + 1,
                    status = CASE WHEN status = 'Running' THEN CASE WHEN attempts > 0 THEN 'Retrying' ELSE 'Queued' END ELSE status END
                FROM lost WHERE e.id = lost.id RETURNING e.id, e.trigger_id),
            noted AS (INSERT INTO execution_actions (execution_id, at, kind, node_id) SELECT id, now(), 'Recovered', $2 FROM recovered ON CONFLICT DO NOTHING)
            SELECT trigger_id, count(*) FROM recovered GROUP BY trigger_id
            """, connection) { Parameters = { new() { Value = owners.ToArray() }, new() { Value = rescuer } } };
        var (count, triggers) = (0, new List<Guid>());
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            count += (int)rows.GetInt64(1);
            if (!rows.IsDBNull(0)) triggers.Add(rows.GetGuid(0));
        }
        return (count, triggers);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static Node Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetGuid(0),
        Name = row.GetString(1),
        Host = row.IsDBNull(2) ? null : row.GetString(2),
        ProcessId = row.GetInt32(3),
        Role = row.GetString(4),
        Version = row.GetString(5),
        StartedAt = row.GetFieldValue<DateTimeOffset>(6),
        HeartbeatAt = row.GetFieldValue<DateTimeOffset>(7),
        Workers = row.GetInt32(8),
        State = row.GetString(9),
    };
}
