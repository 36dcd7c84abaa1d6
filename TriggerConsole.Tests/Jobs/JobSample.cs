using System.Data.Common;
using System.Text;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;
using TriggerConsole.Core;
using TriggerConsole.Tests.Testing;

namespace TriggerConsole.Tests.Jobs;

/// <summary>Fills a database with many jobs of all states, the way a busy server would leave them.</summary>
internal static class JobSample
{
    private static readonly string[] s_kinds = ["Http", "Http", "Http", "Mqtt", "Amqp"];

    /// <summary>Of a hundred in a row: 40 succeeded, 20 dead, 18 enqueued, 10 scheduled, 9 to be tried again, 2 cancelled, 1 under way.</summary>
    public static string StatusOf(int i) => (i % 100) switch
    {
        < 40 => "Succeeded",
        < 60 => "DeadLettered",
        < 78 => "Queued",
        < 88 => "Queued",
        < 97 => "Retrying",
        < 99 => "Cancelled",
        _ => "Running",
    };

    public static bool IsAhead(int i) => i % 100 is >= 78 and < 97;

    public static string BodyOf(int i) => $$"""{"type":"order.created","order":{"id":{{i}},"customer":"customer-{{i % 977}}","total":{{i % 1000}}.50},"note":"{{new string('x', 300)}}"}""";

    public static Guid IdOf(int i, DateTimeOffset start)
    {
        var bytes = Uuid7.Floor(start.AddMilliseconds(i)).ToByteArray(bigEndian: true);
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(8), long.MinValue | (long)i);
        return new(bytes, bigEndian: true);
    }

    public static async Task FillAsync(TestDatabase database, int count, DateTimeOffset now, IReadOnlyList<Guid> triggers, Guid node)
    {
        var start = now.AddMilliseconds(-count - 1000);
        await using var context = database.CreateDbContext();
        var connection = Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.GetDbConnection(context.Database);
        await connection.OpenAsync();
        if (connection is NpgsqlConnection postgres) await CopyAsync(postgres, count, start, now, triggers, node);
        else Insert((SqliteConnection)connection, count, start, now, triggers, node);
        await RunAsync(connection, "ANALYZE");
    }

    private static async Task RunAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // fixed text
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    private static object[] Row(int i, DateTimeOffset start, DateTimeOffset now, IReadOnlyList<Guid> triggers, Guid node)
    {
        var status = StatusOf(i);
        var created = start.AddMilliseconds(i);
        var isFinished = status is "Succeeded" or "DeadLettered" or "Cancelled";
        var wasTried = status is "Succeeded" or "DeadLettered" or "Retrying";
        return
        [
            IdOf(i, start), Guid.CreateVersion7(created), triggers[i % triggers.Count], s_kinds[i % s_kinds.Length], status, i * 7 % 10, created, IsAhead(i) ? now.AddMinutes(1 + i % 600) : created,
            isFinished ? created.AddSeconds(1) : DBNull.Value, status == "Running" ? node : DBNull.Value, wasTried ? 1 + i % 3 : 0, 0, false,
            wasTried ? $"POST https://shop-{i % 50}.example/orders" : DBNull.Value, wasTried ? status == "Succeeded" ? "http_200" : $"http_{500 + i % 4}" : DBNull.Value,
            wasTried && status != "Succeeded" ? "Transient" : DBNull.Value, wasTried && status != "Succeeded" ? $"The target answered {500 + i % 4}." : DBNull.Value,
            wasTried ? (object)(long)(1000 + i * 7919L % 900_000) : DBNull.Value, status == "Running" ? now.AddSeconds(-5) : DBNull.Value,
        ];
    }

    private const string Columns = "id, event_id, trigger_id, kind, status, priority, created_at, due_at, finished_at, owner_id, attempts, recoveries, is_test, target, last_code, last_failure, last_detail, last_duration_microseconds, started_at";

    private static void Insert(SqliteConnection connection, int count, DateTimeOffset start, DateTimeOffset now, IReadOnlyList<Guid> triggers, Guid node)
    {
        using var transaction = connection.BeginTransaction();
        using var execution = connection.CreateCommand();
        execution.CommandText = $"INSERT INTO executions ({Columns}) VALUES ({string.Join(',', Enumerable.Range(0, 19).Select(n => $"$p{n}"))})";
        for (var n = 0; n < 19; n++) execution.Parameters.Add(new SqliteParameter($"$p{n}", null));
        using var stored = connection.CreateCommand();
        stored.CommandText = "INSERT INTO events (id, origin, received_at, method, path, query_string, headers, content_type, body, event_type, verdicts) VALUES ($id, 'Api', $at, 'POST', '/', '', $h, 'application/json', $b, 'order.created', $h)";
        foreach (var name in (string[])["$id", "$at", "$b"]) stored.Parameters.Add(new SqliteParameter(name, null));
        stored.Parameters.AddWithValue("$h", "[]"u8.ToArray());
        for (var i = 0; i < count; i++)
        {
            var row = Row(i, start, now, triggers, node);
            for (var n = 0; n < row.Length; n++) execution.Parameters[n].Value = row[n] switch { Guid id => id.ToByteArray(bigEndian: true), DateTimeOffset at => at.ToUnixMicroseconds(), bool b => b ? 1 : 0, var other => other };
            execution.ExecuteNonQuery();
            (stored.Parameters[0].Value, stored.Parameters[1].Value, stored.Parameters[2].Value) = (((Guid)row[1]).ToByteArray(bigEndian: true), ((DateTimeOffset)row[6]).ToUnixMicroseconds(), Encoding.UTF8.GetBytes(BodyOf(i)));
            stored.ExecuteNonQuery();
        }
        transaction.Commit();
    }

    private static async Task CopyAsync(NpgsqlConnection connection, int count, DateTimeOffset start, DateTimeOffset now, IReadOnlyList<Guid> triggers, Guid node)
    {
        var rows = Enumerable.Range(0, count).Select(i => Row(i, start, now, triggers, node)).ToList();
        await using (var copy = await connection.BeginBinaryImportAsync($"COPY executions ({Columns}) FROM STDIN BINARY"))
        {
            foreach (var row in rows)
            {
                await copy.StartRowAsync();
                foreach (var value in row)
                {
                    if (value is DBNull) await copy.WriteNullAsync();
                    else await copy.WriteAsync(value, value switch { Guid => NpgsqlDbType.Uuid, DateTimeOffset => NpgsqlDbType.TimestampTz, bool => NpgsqlDbType.Boolean, int => NpgsqlDbType.Integer, long => NpgsqlDbType.Bigint, _ => NpgsqlDbType.Text });
                }
            }
            await copy.CompleteAsync();
        }
        await using (var copy = await connection.BeginBinaryImportAsync("COPY events (id, origin, received_at, method, path, query_string, headers, content_type, body, event_type, verdicts) FROM STDIN BINARY"))
        {
            for (var i = 0; i < count; i++)
            {
                await copy.WriteRowAsync(CancellationToken.None, rows[i][1], "Api", ((DateTimeOffset)rows[i][6]).UtcDateTime, "POST", "/", "", "[]"u8.ToArray(), "application/json", Encoding.UTF8.GetBytes(BodyOf(i)), "order.created", "[]"u8.ToArray());
            }
            await copy.CompleteAsync();
        }
    }
}
