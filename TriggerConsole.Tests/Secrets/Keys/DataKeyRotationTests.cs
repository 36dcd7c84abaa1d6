using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Secrets.Keys;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Secrets.Keys;

public sealed class DataKeyRotationTests : IDisposable
{
    private const int Named = 120;
    private const int Kinds = 7;

    private readonly string _folder = Directory.CreateTempSubdirectory("tc-rotate-").FullName;
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Columns_AreThoseThatHoldSecrets()
    {
        using var database = TestDatabase.Sqlite();
        using var context = database.CreateDbContext();
        var found = ProtectedColumns.In(context.Model).Select(c => $"{c.Entity.GetTableName()}.{c.Property}").ToList();

        Assert.All((string[])["amqp_brokers.ProtectedSecrets", "callbacks.ProtectedSecrets", "mqtt_brokers.ProtectedSecrets", "secrets.ProtectedPrevious", "secrets.ProtectedValue",
            "settings.Value", "signing_keys.ProtectedKey", "triggers.ProtectedSecrets", "user_tokens.Value"], column => Assert.Contains(column, found));
    }

    [Fact]
    public async Task Rotation_KilledInTheMiddle_GoesOnElsewhereAndLosesNothing()
    {
        await using var first = await KeyBench.StartAsync(_folder, _time);
        await using var second = await KeyBench.StartAsync(_folder, _time);
        var old = (await first.Rotation.StatusAsync(default)).Id;
        await FillAsync(first);
        var copyOfOldKey = await KeyAsync(first, old);
        var written = second.Protector.Protect("before");

        // 1. The first node dies after some batches
        Assert.NotNull((await first.Rotation.BeginAsync("ada@example.com", default)).Value);
        Assert.IsType<Refusal.Conflict>((await second.Rotation.BeginAsync("berta@example.com", default)).Refusal);
        first.Rotation.BatchDone = (done, _) => done >= 50 ? throw new IOException("killed") : Task.CompletedTask;
        await Assert.ThrowsAsync<IOException>(() => first.Rotation.ContinueAsync(default));
        var between = await first.Rotation.StatusAsync(default);
        Assert.True(between.IsRotating && between.Done is >= 50 and < Named + Kinds, $"{between}");
        await AssertReadableAsync(second);

        // 2. The second one takes it for alive, until it has been silent long enough
        Assert.False(await second.Rotation.ContinueAsync(default));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("before", second.Protector.Unprotect(written));
        Assert.True(await second.Rotation.ContinueAsync(default));

        var status = await second.Rotation.StatusAsync(default);
        Assert.Equal((false, 0, 0), (status.IsRotating, status.OnOtherKeys, status.Unreadable));
        Assert.Equal("ada@example.com", status.CreatedBy);
        await AssertReadableAsync(first);
        await AssertReadableAsync(second);
        await using var third = await KeyBench.StartAsync(_folder, _time);
        await AssertReadableAsync(third);

        // 3. The old key is gone, and a copy of it opens nothing that is stored now
        Assert.Null(await KeyAsync(third, old));
        var left = AllTexts().Where(t => t.Contains($"tc2.{old}.", StringComparison.Ordinal)).ToList();
        Assert.Empty(left);
        await using var context = third.Open();
        foreach (var value in await context.Secrets.Select(s => s.ProtectedValue).ToListAsync())
        {
            var bytes = System.Buffers.Text.Base64Url.DecodeFromChars(value.AsSpan(value.LastIndexOf('.') + 1));
            Assert.Throws<AuthenticationTagMismatchException>(() => MasterKey.Open(StoredDataKey.Open(copyOfOldKey!, first.Get<MasterKeys>().Unwrap), bytes, System.Text.Encoding.ASCII.GetBytes("TriggerConsole.Secrets.v2 " + status.Id)));
        }
    }

    [Fact]
    public async Task Rotation_ANodeThatHasNotHeardOfIt_EncryptsWithTheNewKeySoonAndReadsItAtOnce()
    {
        await using var first = await KeyBench.StartAsync(_folder, _time);
        await using var second = await KeyBench.StartAsync(_folder, _time);
        second.Protector.Protect("warms it up");
        var key = (await first.Rotation.BeginAsync("ada", default)).Value!;

        Assert.Equal("new", second.Protector.Unprotect(first.Protector.Protect("new")));
        _time.Advance(DataKeyRing.Freshness);
        Assert.StartsWith($"tc2.{key}.", second.Protector.Protect("later"), StringComparison.Ordinal);
        Assert.True(first.Rotation.Settle > DataKeyRing.Freshness + TimeSpan.FromSeconds(30)); // the longest that a save may take
    }

    [Fact]
    public async Task Rotation_SomethingIsSavedMeanwhileWithTheOldKey_IsFoundByTheLastLook()
    {
        await using var first = await KeyBench.StartAsync(_folder, _time);
        await using var second = await KeyBench.StartAsync(_folder, _time);
        var late = second.Protector.Protect("late");
        await first.Rotation.BeginAsync("ada", default);
        var work = first.Rotation.ContinueAsync(default);
        await Eventually.TrueAsync(async () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await using var look = first.Open();
            return (await look.DataKeys.AsNoTracking().SingleAsync(k => k.FinishedAt == null)).BeatAt is not null;
        }, "the rotation to be under way");
        await using (var context = second.Open())
        {
            context.Secrets.Add(new() { Id = Uuid7.New(_time.GetUtcNow()), Name = "LATE", ProtectedValue = late, CreatedAt = _time.Now(), UpdatedAt = _time.Now() });
            await context.SaveChangesAsync();
        }
        await Eventually.TrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return work.IsCompleted;
        }, "the rotation to end");
        Assert.True(await work);

        await using var third = await KeyBench.StartAsync(_folder, _time);
        Assert.Equal("late", third.Secrets.Find("LATE"));
    }

    [Fact]
    public async Task Rotation_ValuesOfAnEarlierVersion_AreTakenAlong()
    {
        await using (var old = await KeyBench.MigrateAsync(_folder, _time))
        {
            await using var context = old.Open();
            context.Secrets.Add(new() { Id = Uuid7.New(_time.GetUtcNow()), Name = "OLD", ProtectedValue = old.AsBefore().Protect("of before"), CreatedAt = _time.Now(), UpdatedAt = _time.Now() });
            context.Secrets.Add(new() { Id = Uuid7.New(_time.GetUtcNow()), Name = "PLAIN", ProtectedValue = "", CreatedAt = _time.Now(), UpdatedAt = _time.Now() });
            await context.SaveRowsAsync(default); // that version kept no audit log
            await context.Secrets.Where(s => s.Name == "PLAIN").ExecuteDeleteAsync();
        }
        await using var node = await KeyBench.StartAsync(_folder, _time);
        Assert.Equal(1, (await node.Rotation.StatusAsync(default)).OnOtherKeys);
        node.Rotation.Settle = TimeSpan.Zero;
        await node.Rotation.BeginAsync("ada", default);

        Assert.True(await node.Rotation.ContinueAsync(default));

        Assert.Equal(0, (await node.Rotation.StatusAsync(default)).OnOtherKeys);
        await using var again = await KeyBench.StartAsync(_folder, _time);
        Assert.Equal("of before", again.Secrets.Find("OLD"));
    }

    [Fact]
    public async Task Rotation_AValueThatNoKeyOpens_IsCountedAndLeft()
    {
        await using var node = await KeyBench.StartAsync(_folder, _time);
        var broken = "tc2.00000000." + new string('A', 60);
        await using (var context = node.Open())
        {
            context.Users.Add(new() { Id = Guid.NewGuid(), UserName = "ada", CreatedAt = _time.Now() });
            await context.SaveChangesAsync();
            context.UserTokens.Add(new() { UserId = (await context.Users.SingleAsync()).Id, LoginProvider = "x", Name = "y", Value = broken });
            await context.SaveChangesAsync();
        }
        node.Rotation.Settle = TimeSpan.Zero;
        await node.Rotation.BeginAsync("ada", default);

        Assert.True(await node.Rotation.ContinueAsync(default));

        Assert.Equal(1, (await node.Rotation.StatusAsync(default)).Unreadable);
        await using var after = node.Open();
        Assert.Equal(broken, (await after.UserTokens.SingleAsync()).Value);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Something encrypted in every place there is.</summary>
    private async Task FillAsync(KeyBench node)
    {
        var now = _time.Now();
        string P(string value) => node.Protector.Protect(value);
        await using var context = node.Open();
        for (var i = 0; i < Named; i++)
            context.Secrets.Add(new() { Id = Uuid7.New(now), Name = $"S{i}", ProtectedValue = P($"value {i}"), CreatedAt = now, UpdatedAt = now });
        context.Triggers.Add(new() { Id = Guid.NewGuid(), Kind = TriggerKind.Http, Name = "T", Settings = "{}", Retry = "{}", Limits = "{}", CreatedAt = now, UpdatedAt = now, DeletedAt = now, ProtectedSecrets = P("trigger") });
        context.MqttBrokers.Add(new MqttBroker { Id = Guid.NewGuid(), Name = "M", Settings = "{}", CreatedAt = now, UpdatedAt = now, ProtectedSecrets = P("mqtt") });
        context.AmqpBrokers.Add(new AmqpBroker { Id = Guid.NewGuid(), Name = "A", Settings = "{}", CreatedAt = now, UpdatedAt = now, ProtectedSecrets = P("amqp") });
        context.Callbacks.Add(new Callback { Id = Guid.NewGuid(), Name = "C", Methods = "POST", TokenHash = new byte[32], TokenHint = "x", CreatedAt = now, UpdatedAt = now, ProtectedSecrets = P("callback") });
        context.SigningKeys.Add(new() { Id = "kid", CreatedAt = now, ProtectedKey = P("signing") });
        var user = new User { Id = Guid.NewGuid(), UserName = "ada", CreatedAt = now };
        context.Users.Add(user);
        context.UserTokens.Add(new IdentityUserToken<Guid> { UserId = user.Id, LoginProvider = "[AspNetUserStore]", Name = "AuthenticatorKey", Value = P("authenticator") });
        context.Settings.Add(new() { Name = "mail", Value = $$"""{"host":"mail.example","password":"{{P("mail")}}"}""", UpdatedAt = now });
        await context.SaveChangesAsync();
    }

    private static async Task AssertReadableAsync(KeyBench node)
    {
        await using var context = node.Open();
        string U(string? value) => node.Protector.Unprotect(value!);
        var values = await context.Secrets.OrderBy(s => s.Id).ToListAsync();
        Assert.Equal(Named, values.Count(s => U(s.ProtectedValue) == "value " + s.Name[1..]));
        Assert.Equal("trigger", U((await context.Triggers.IgnoreQueryFilters().SingleAsync()).ProtectedSecrets));
        Assert.Equal("mqtt", U((await context.MqttBrokers.SingleAsync()).ProtectedSecrets));
        Assert.Equal("amqp", U((await context.AmqpBrokers.SingleAsync()).ProtectedSecrets));
        Assert.Equal("callback", U((await context.Callbacks.SingleAsync()).ProtectedSecrets));
        Assert.Equal("signing", U((await context.SigningKeys.SingleAsync()).ProtectedKey));
        Assert.Equal("authenticator", U((await context.UserTokens.SingleAsync()).Value));
        var mail = System.Text.Json.JsonDocument.Parse((await context.Settings.SingleAsync(s => s.Name == "mail")).Value).RootElement;
        Assert.Equal(("mail.example", "mail"), (mail.GetProperty("host").GetString(), U(mail.GetProperty("password").GetString())));
    }

    private static async Task<string?> KeyAsync(KeyBench node, string id)
    {
        await using var context = node.Open();
        return (await context.DataKeys.AsNoTracking().SingleAsync(k => k.Id == id)).ProtectedKey;
    }

    /// <summary>Every text in every table.</summary>
    private IEnumerable<string> AllTexts()
    {
        using var connection = new SqliteConnection($"Data Source={_folder}/triggerconsole.db;Pooling=False");
        connection.Open();
        var tables = new List<string>();
        using (var list = connection.CreateCommand())
        {
            list.CommandText = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
            using var names = list.ExecuteReader();
            while (names.Read()) tables.Add(names.GetString(0));
        }
        foreach (var table in tables)
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // a name out of the database's own list
            command.CommandText = $"SELECT * FROM \"{table}\"";
#pragma warning restore CA2100
            using var reader = command.ExecuteReader();
            while (reader.Read())
                for (var i = 0; i < reader.FieldCount; i++)
                    if (reader.GetValue(i) is string text) yield return text;
        }
    }
}
