using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Audit;

/// <summary>The chain on real databases: that it stays one, and that every way to change it is found.</summary>
[Collection(nameof(PostgreSqlServer))]
public sealed class AuditChainTests(PostgreSqlServer server)
{
    public static TheoryData<DatabaseProvider> Providers => AuditBench.Providers;

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Append_HundredWritersAtOnce_MakesOneChainWithoutGaps(DatabaseProvider provider)
    {
        // They wait for one another, and for one of twenty connections
        await using var bench = await AuditBench.StartAsync(provider, server, connection: provider == DatabaseProvider.PostgreSql ? $"{await server.CreateDatabaseAsync()};Timeout=120" : null);

        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => i % 2 == 0
            ? bench.MakeSecretAsync($"S{i}")
            : bench.Get<IAuditTrail>().RecordAsync(new("test.act", AuditOutcome.Done, "test", $"{i}"), CancellationToken.None).AsTask())));

        var entries = await bench.EntriesAsync();
        Assert.Equal(Enumerable.Range(1, 100).Select(i => (long)i), entries.Select(e => e.Sequence));
        Assert.Equal(50, entries.Count(e => e.Action == "secret.create"));
        Assert.Equal(entries.Select(e => e.Hash).SkipLast(1), entries.Select(e => e.PreviousHash).Skip(1));
        var report = await bench.VerifyAsync();
        Assert.Null(report.Fault);
        Assert.Equal((100, 1, 100), (report.Checked, report.First, report.Last));
    }

    [Fact]
    public async Task Append_ByTwoNodes_MakesOneChain()
    {
        await using var one = await AuditBench.StartAsync(DatabaseProvider.PostgreSql, server);
        await using var two = await AuditBench.StartAsync(DatabaseProvider.PostgreSql, server, connection: one.Get<DatabaseTarget>().ConnectionString);

        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => (i % 2 == 0 ? one : two).MakeSecretAsync($"S{i}"))));

        Assert.Equal(40, (await one.VerifyAsync()).Checked);
        Assert.Equal((await one.VerifyAsync()).Anchor, (await two.VerifyAsync()).Anchor);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Verify_AnyColumnChanged_NamesTheEntry(DatabaseProvider provider)
    {
        await using var bench = await FilledAsync(provider);
        var later = provider == DatabaseProvider.Sqlite ? "at + 1" : "at + interval '1 microsecond'";
        var blob = provider == DatabaseProvider.Sqlite ? $"x'{new string('7', 64)}'" : $@"'\x{new string('7', 64)}'";
        (string Column, string Value)[] changes =
        [
            ("at", later), ("actor_kind", "'User'"), ("actor_kind", "'nonsense'"), ("actor_id", "'x'"), ("actor_name", "'x'"), ("address", "'10.0.0.1'"), ("action", "'secret.delete'"), ("outcome", "'Failed'"),
            ("outcome", "'nonsense'"), ("subject_kind", "'x'"), ("subject_id", "'x'"), ("subject_name", "'x'"), ("subject_name", "NULL"), ("before", "'x'"), ("after", "NULL"), ("after", "''"), ("detail", "''"), ("count", "2"),
            ("node", "'x'"), ("key_id", "'x'"), ("previous_hash", blob), ("hash", blob),
        ];
        await using (var context = bench.Open())
            Assert.Equal(context.Model.FindEntityType(typeof(AuditEntry))!.GetProperties().Select(p => p.GetColumnName()).Order(), changes.Select(c => c.Column).Append("sequence").Distinct().Order());

        foreach (var (column, value) in changes)
        {
            await bench.TamperAsync("CREATE TABLE kept AS SELECT * FROM audit_entries WHERE sequence = 3", $"UPDATE audit_entries SET {column} = {value} WHERE sequence = 3");

            var fault = (await bench.VerifyAsync()).Fault;

            Assert.True(fault is { Sequence: 3 } && fault.Kind == (column == "key_id" ? AuditFaultKind.UnknownKey : AuditFaultKind.Changed), $"{column} = {value}: {fault}");
            await bench.TamperAsync($"UPDATE audit_entries SET {column} = (SELECT {column} FROM kept) WHERE sequence = 3", "DROP TABLE kept");
        }
        Assert.Null((await bench.VerifyAsync()).Fault);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Verify_RowsDeletedInsertedSwappedOrCutOff_SaysWhich(DatabaseProvider provider)
    {
        (string[] Statements, AuditFaultKind Kind, long Sequence)[] cases =
        [
            (["DELETE FROM audit_entries WHERE sequence = 3"], AuditFaultKind.Missing, 3),
            (["DELETE FROM audit_entries WHERE sequence = 3", "UPDATE audit_entries SET sequence = sequence - 1 WHERE sequence = 4", "UPDATE audit_entries SET sequence = sequence - 1 WHERE sequence = 5"], AuditFaultKind.Reordered, 3),
            (["UPDATE audit_entries SET sequence = 99 WHERE sequence = 2", "UPDATE audit_entries SET sequence = 2 WHERE sequence = 3", "UPDATE audit_entries SET sequence = 3 WHERE sequence = 99"], AuditFaultKind.Reordered, 2),
            (["DELETE FROM audit_entries WHERE sequence <= 2"], AuditFaultKind.CutOff, 1),
            (["DELETE FROM audit_entries WHERE sequence <= 2", "UPDATE audit_head SET first_sequence = 3"], AuditFaultKind.HeadChanged, 5),
            (["DELETE FROM audit_entries WHERE sequence >= 4"], AuditFaultKind.CutOff, 4),
            (["DELETE FROM audit_entries WHERE sequence = 5", "UPDATE audit_head SET sequence = 4, hash = (SELECT hash FROM audit_entries WHERE sequence = 4)"], AuditFaultKind.HeadChanged, 4),
            (["DELETE FROM audit_entries", "DELETE FROM audit_head"], AuditFaultKind.OtherThanAnchor, 5),
            (["DELETE FROM audit_head"], AuditFaultKind.HeadChanged, 0),
            (["CREATE TABLE t AS SELECT * FROM audit_entries WHERE sequence = 5", "UPDATE t SET sequence = 6", "INSERT INTO audit_entries SELECT * FROM t"], AuditFaultKind.Added, 6),
        ];
        foreach (var (statements, kind, sequence) in cases)
        {
            await using var bench = await FilledAsync(provider);
            var anchor = kind == AuditFaultKind.OtherThanAnchor ? await bench.Queries.AnchorAsync(default) : null;
            await bench.TamperAsync(statements);

            var report = await bench.VerifyAsync(anchor);

            Assert.True(report.Fault is { } fault && fault.Kind == kind && fault.Sequence == sequence, $"{statements[0]}: {report.Fault}");
            Assert.Null(report.Anchor);
        }
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Verify_PutBackToAnEarlierState_IsFoundByAnAnchorAlone(DatabaseProvider provider)
    {
        await using var bench = await FilledAsync(provider);
        await bench.TamperAsync("CREATE TABLE kept AS SELECT * FROM audit_head");
        await bench.MakeSecretAsync("LATER");
        var anchor = (await bench.Queries.AnchorAsync(default))!.Value;
        Assert.Null((await bench.VerifyAsync(anchor)).Fault);

        await bench.TamperAsync("DELETE FROM audit_entries WHERE sequence = 6", "DELETE FROM audit_head", "INSERT INTO audit_head SELECT * FROM kept");

        Assert.Null((await bench.VerifyAsync()).Fault); // what is not promised: the state is one that was
        Assert.Equal((6, AuditFaultKind.OtherThanAnchor), ((await bench.VerifyAsync(anchor)).Fault!.Sequence, (await bench.VerifyAsync(anchor)).Fault!.Kind));
        await bench.MakeSecretAsync("INSTEAD");
        Assert.Equal(AuditFaultKind.OtherThanAnchor, (await bench.VerifyAsync(anchor)).Fault!.Kind);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Append_AfterTheHeadWasChanged_LeavesTheEvidenceInTheChain(DatabaseProvider provider)
    {
        await using var bench = await FilledAsync(provider);
        await bench.TamperAsync("UPDATE audit_head SET first_sequence = 2");

        await bench.MakeSecretAsync("NEXT");

        Assert.Equal(["audit.head-mismatch", "secret.create"], (await bench.EntriesAsync()).Skip(5).Select(e => e.Action));
        Assert.Contains(bench.Log.Lines, line => line.Id == 2002);
        Assert.Equal(AuditFaultKind.HeadChanged, (await bench.VerifyAsync()).Fault!.Kind);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Guards_UpdateDeleteOrReplace_AreRefusedByTheDatabase(DatabaseProvider provider)
    {
        await using var bench = await FilledAsync(provider);
        List<string> statements =
        [
            "UPDATE audit_entries SET detail = 'x' WHERE sequence = 1", "DELETE FROM audit_entries WHERE sequence = 1", "DELETE FROM audit_entries", "DELETE FROM audit_head", "UPDATE audit_head SET sequence = 1",
            "UPDATE audit_head SET first_sequence = 99",
        ];
        statements.Add(provider == DatabaseProvider.Sqlite ? "INSERT OR REPLACE INTO audit_entries SELECT * FROM audit_entries WHERE sequence = 1" : "TRUNCATE audit_entries");

        foreach (var statement in statements)
        {
            await using var context = bench.Open();
            var refused = await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => context.Database.ExecuteSqlRawAsync(statement));
            Assert.Contains("audit log", refused.Message, StringComparison.Ordinal);
        }
        Assert.Null((await bench.VerifyAsync()).Fault);
        await bench.Get<DatabaseMigrator>().MigrateAsync(default); // made twice does no harm
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Retention_OldEntries_AreGivenUpAndTheRestStillVerifies(DatabaseProvider provider)
    {
        var time = new ManualTimeProvider();
        await using var bench = await AuditBench.StartAsync(provider, server, time, new() { ["Audit:RetentionDays"] = "30" });
        for (var i = 0; i < 6; i++)
        {
            await bench.MakeSecretAsync($"S{i}");
            time.Advance(TimeSpan.FromDays(10));
        }
        var fourth = (await bench.EntriesAsync())[3];

        // Day 60: entries of day 0, 10 and 20 are older than 30 days
        Assert.Equal(3, await bench.Get<AuditCleaner>().RunOnceAsync(default));

        var entries = await bench.EntriesAsync();
        Assert.Equal([4, 5, 6, 7], entries.Select(e => e.Sequence));
        Assert.Equal("audit.trim", entries[^1].Action);
        Assert.Equal((4, 7), ((await bench.VerifyAsync()).First, (await bench.VerifyAsync()).Last));
        Assert.Null((await bench.VerifyAsync(new AuditAnchor(fourth.Sequence, Convert.ToHexStringLower(fourth.Hash)))).Fault);
        Assert.Contains(bench.Log.Lines, line => line.Id == 2003 && line.Text.Contains("6:", StringComparison.Ordinal));
        Assert.Equal(0, await bench.Get<AuditCleaner>().RunOnceAsync(default));

        // The newest stays, however old
        time.Advance(TimeSpan.FromDays(400));
        await bench.Get<AuditCleaner>().RunOnceAsync(default);
        Assert.Null((await bench.VerifyAsync()).Fault);
        await bench.TamperAsync("DELETE FROM audit_entries WHERE sequence = (SELECT min(sequence) FROM audit_entries)");
        Assert.Equal(AuditFaultKind.CutOff, (await bench.VerifyAsync()).Fault!.Kind);
    }

    [Fact]
    public async Task Keys_FromTheConfiguration_SealFromThenOnAndAreNeeded()
    {
        const string key = "a key of at least thirty-two characters";
        await using var bench = await FilledAsync(DatabaseProvider.Sqlite);
        async Task<AuditReport> WithAsync(Dictionary<string, string?> settings, string? write)
        {
            var copy = Directory.CreateTempSubdirectory("tc-audit-").FullName;
            foreach (var file in Directory.GetFiles(bench.Folder)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            await using var other = await AuditBench.StartAsync(DatabaseProvider.Sqlite, server, settings: settings, folder: copy);
            if (write is not null)
            {
                await other.MakeSecretAsync(write);
                foreach (var file in Directory.GetFiles(copy)) File.Copy(file, Path.Combine(bench.Folder, Path.GetFileName(file)), overwrite: true);
            }
            return await other.VerifyAsync();
        }

        Assert.Null((await WithAsync(new() { ["Audit:Key"] = key }, "WITH_KEY")).Fault);
        Assert.Equal("audit.key-change", (await bench.EntriesAsync())[5].Action);
        Assert.Equal(AuditFaultKind.UnknownKey, (await WithAsync([], null)).Fault!.Kind);
        // Another key, and the old one among the old keys
        Assert.Null((await WithAsync(new() { ["Audit:Key"] = key + " 2", ["Audit:OldKeys:0"] = key }, "WITH_OTHER")).Fault);
        Assert.Equal(AuditFaultKind.UnknownKey, (await WithAsync(new() { ["Audit:Key"] = key + " 2" }, null)).Fault!.Kind);
        // A server without the key goes on, and the check with it finds that
        await WithAsync(new() { ["Audit:OldKeys:0"] = key, ["Audit:OldKeys:1"] = key + " 2" }, "WITHOUT");
        Assert.Equal(AuditFaultKind.HeadChanged, (await WithAsync(new() { ["Audit:Key"] = key + " 2", ["Audit:OldKeys:0"] = key }, null)).Fault!.Kind);
    }

    private async Task<AuditBench> FilledAsync(DatabaseProvider provider)
    {
        var bench = await AuditBench.StartAsync(provider, server);
        for (var i = 1; i <= 5; i++) await bench.MakeSecretAsync($"S{i}");
        return bench;
    }
}
