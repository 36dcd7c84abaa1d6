using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Jobs;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Audit;

/// <summary>What is recorded of changed rows, and of acts.</summary>
[Collection(nameof(PostgreSqlServer))]
public sealed class AuditRecordingTests(PostgreSqlServer server) : IAsyncLifetime
{
    private AuditBench _bench = null!;

    public async Task InitializeAsync() => _bench = await AuditBench.StartAsync(DatabaseProvider.Sqlite, server);

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public void Rules_EachTableOfTheModel_IsRecordedOrLeftOutOnPurpose()
    {
        using var context = _bench.Open();
        var recorded = context.Model.GetEntityTypes().Where(e => !AuditRules.Unrecorded.Contains(e.ClrType)).Select(e => AuditRules.KindOf(e.ClrType)).Order();

        // A table that is new here is recorded: add it, or name it in AuditRules.Unrecorded and say why
        Assert.Equal(
            ["amqp-binding", "amqp-broker", "amqp-exchange", "api-key", "callback", "mqtt-broker", "schedule", "secret", "setting", "signing-key", "trigger", "user", "user-claim", "user-login", "user-token"],
            recorded);
    }

    [Fact]
    public async Task Change_OfATrigger_ShowsTheChangedFieldsOfBothSides()
    {
        var id = Uuid7.New(Sample.Now);
        await using (var context = _bench.Open())
        {
            context.Triggers.Add(new() { Id = id, Kind = TriggerKind.Http, Name = "CRM", Settings = """{"url":"https://crm.example","method":"POST"}""", ProtectedSecrets = Sealed("first"), Retry = "{}", Limits = "{}", CreatedAt = Sample.Now, UpdatedAt = Sample.Now });
            await context.SaveChangesAsync();
        }
        await using (var context = _bench.Open())
        {
            var trigger = await context.Triggers.SingleAsync();
            (trigger.Name, trigger.Settings, trigger.Version) = ("CRM 2", """{"url":"https://crm2.example","method":"POST"}""", 2);
            trigger.ProtectedSecrets = Sealed("first"); // encrypted anew, the same within
            await context.SaveChangesAsync();
        }
        await using (var context = _bench.Open())
        {
            (await context.Triggers.SingleAsync()).ProtectedSecrets = Sealed("second");
            await context.SaveChangesAsync();
        }

        var entries = await _bench.EntriesAsync();

        Assert.Equal(["trigger.create", "trigger.change", "trigger.change"], entries.Select(e => e.Action));
        Assert.All(entries, e => Assert.Equal(("trigger", id.ToString(), AuditActorKind.Server, "bench"), (e.SubjectKind, e.SubjectId!, e.ActorKind, e.Node)));
        Assert.Equal(("CRM 2", """{"name":"CRM","settings.url":"https://crm.example"}""", """{"name":"CRM 2","settings.url":"https://crm2.example"}"""), (entries[1].SubjectName, entries[1].Before, entries[1].After));
        Assert.Equal("""{"settings.auth.password":"••••••"}""", entries[2].After);
        Assert.DoesNotContain("first", entries[0].After, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verbs_OfWhatPeopleDo_AreTold()
    {
        var callbacks = _bench.Get<CallbackCommands>();
        var made = (await callbacks.CreateAsync(new() { Name = "Orders" }, default)).Value!.Callback;
        await callbacks.UpdateAsync(made.Id, new() { Enabled = false }, default);
        await callbacks.UpdateAsync(made.Id, new() { Enabled = true }, default);
        await callbacks.UpdateAsync(made.Id, new() { Name = "Orders" }, default); // nothing but the version
        await callbacks.RotateTokenAsync(made.Id, default);
        await callbacks.DeleteAsync(made.Id, default);
        await _bench.Get<QueueSettings>().PauseAsync(JobQueue.TryParse("http-5", out var queue) ? queue : throw new InvalidOperationException(), "anna", default);
        await _bench.Get<SecretStore>().SetAsync("CRM", "s3cret-value", null, default);
        await _bench.Get<SecretStore>().SetAsync("CRM", "s3cret-other", null, default);
        await _bench.Get<SecretStore>().DeleteAsync("CRM", [], default);

        var entries = await _bench.EntriesAsync();

        Assert.Equal(
            ["callback.create", "callback.disable", "callback.enable", "callback.change", "callback.delete", "setting.create", "secret.create", "secret.change", "secret.delete"], entries.Select(e => e.Action));
        Assert.Contains("tokenHash", entries[3].After, StringComparison.Ordinal);
        Assert.Contains("\"paused[0].queue\"", entries[5].After!.Replace("value.", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.All(entries, e => Assert.DoesNotContain("s3cret", e.Before + e.After, StringComparison.Ordinal));
        Assert.Null((await _bench.VerifyAsync()).Fault);
    }

    [Fact]
    public async Task Users_PasswordsStampsAndTokens_AreNeverInTheLog()
    {
        await using var context = _bench.Open();
        var user = new User { Id = Uuid7.New(Sample.Now), UserName = "anna@example.com", Email = "anna@example.com", PasswordHash = "canary-hash", SecurityStamp = "canary-stamp", CreatedAt = Sample.Now };
        context.Add(user);
        context.Add(new Microsoft.AspNetCore.Identity.IdentityUserToken<Guid> { UserId = user.Id, LoginProvider = "[AspNetUserStore]", Name = "AuthenticatorKey", Value = "canary-totp" });
        await context.SaveChangesAsync();
        (user.PasswordHash, user.SecurityStamp, user.Role) = ("canary-other", "canary-other", Role.Editor);
        await context.SaveChangesAsync();
        user.AccessFailedCount = 3; // a wrong password: recorded as an act, not as a change
        await context.SaveChangesAsync();

        var entries = await _bench.EntriesAsync();

        Assert.Equal(["user-token.create", "user.change", "user.create"], entries.Select(e => e.Action).Order(StringComparer.Ordinal));
        Assert.All(entries, e => Assert.Equal(user.Id.ToString(), e.SubjectId));
        Assert.All(entries, e => Assert.DoesNotContain("canary", JsonSerializer.Serialize(e, CoreJson.Options), StringComparison.Ordinal));
        Assert.Contains("\"role\":\"Editor\"", entries[^1].After, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Save_ThatIsRolledBackOrRefused_LeavesNoEntry()
    {
        await _bench.MakeSecretAsync("ONE");
        await using (var context = _bench.Open())
        {
            context.Secrets.Add(new() { Id = Uuid7.New(Sample.Now), Name = "ONE", ProtectedValue = "x", CreatedAt = Sample.Now, UpdatedAt = Sample.Now }); // the name is taken
            await Assert.ThrowsAsync<DbUpdateException>(() => context.SaveChangesAsync());
        }
        await using (var context = _bench.Open())
        {
            await using var transaction = await context.Database.BeginTransactionAsync();
            context.Settings.Add(new() { Name = "x", Value = "{}", UpdatedAt = Sample.Now });
            await context.SaveChangesAsync();
        }

        Assert.Single(await _bench.EntriesAsync());
        await _bench.MakeSecretAsync("TWO");
        Assert.Equal([1, 2], (await _bench.EntriesAsync()).Select(e => e.Sequence));
    }

    [Fact]
    public async Task Engine_RowsHeartbeatsAndUses_AreNotRecorded()
    {
        var made = (await _bench.Get<ApiKeys>().CreateAsync(new() { Name = "Shop" }, "anna", _ => true, default)).Value!;
        Assert.NotNull((await _bench.Get<ApiKeys>().FindAsync(made.Value, null, default)).Key);
        await using var context = _bench.Open();
        Assert.NotNull((await context.ApiKeys.AsNoTracking().SingleAsync()).LastUsedAt);
        context.Events.Add(Sample.Event([]));
        context.Settings.Add(new() { Name = "probe", Value = "{}", UpdatedAt = Sample.Now });
        await context.SaveChangesAsync();
        _bench.Get<SecretProtector>().MakeKey();

        Assert.Equal(["api-key.create"], (await _bench.EntriesAsync()).Select(e => e.Action));
    }

    [Fact]
    public void SaveChanges_WithoutWaiting_RecordsAsWell()
    {
        using var context = _bench.Open();
        context.Settings.Add(new() { Name = "x", Value = """{"days":3}""", UpdatedAt = Sample.Now });
        context.SaveChanges();

        Assert.Equal("""{"value.days":3}""", context.AuditEntries.AsNoTracking().Single().After);
        Assert.DoesNotContain(context.ChangeTracker.Entries(), e => e.Entity is AuditEntry);
    }

    [Fact]
    public async Task Actor_EnteredByACaller_IsRecordedAndGoneAfterwards()
    {
        await ByAnnaAsync();
        await _bench.MakeSecretAsync("TWO");

        var entries = await _bench.EntriesAsync();

        Assert.Equal((AuditActorKind.User, "7", "anna@example.com", "10.1.2.3"), (entries[0].ActorKind, entries[0].ActorId, entries[0].ActorName, entries[0].Address));
        Assert.Equal(AuditActorKind.Server, entries[1].ActorKind);

        async Task ByAnnaAsync()
        {
            AuditActors.Enter(new(AuditActorKind.User, "7", "anna@example.com", "10.1.2.3"));
            await _bench.MakeSecretAsync("ONE");
        }
    }

    [Fact]
    public async Task Record_WhileTheDatabaseIsAway_WaitsAndIsWrittenLater()
    {
        var trail = _bench.Get<AuditTrail>();
        await using (var context = _bench.Open()) await context.Database.ExecuteSqlRawAsync("ALTER TABLE audit_head RENAME TO away");
        for (var i = 0; i < AuditTrail.MostWaiting + 5; i++) await trail.RecordAsync(new("test.act", AuditOutcome.Done, "test", $"{i}"), default);
        Assert.Equal(5, _bench.Log.Lines.Count(l => l.Id == 2001)); // what did not fit
        Assert.Equal(1, _bench.Log.Lines.Count(l => l.Id == 2004));

        await using (var context = _bench.Open()) await context.Database.ExecuteSqlRawAsync("ALTER TABLE away RENAME TO audit_head");
        await trail.FlushAsync(all: false, default);

        Assert.Equal(AuditTrail.MostWaiting, (await _bench.EntriesAsync()).Count);
        Assert.Equal(1, _bench.Log.Lines.Count(l => l.Id == 2005));
        Assert.Null((await _bench.VerifyAsync()).Fault);
    }

    [Fact]
    public async Task Record_RefusalsOfOneAddress_AreTwoEntries()
    {
        var trail = _bench.Get<AuditTrail>();
        for (var i = 0; i < 1000; i++)
            await trail.RecordAsync(new("user.sign-in", AuditOutcome.Refused, "user", null, "anna@example.com", Actor: new(AuditActorKind.Nobody, null, "", "10.0.0.9")), default);

        await trail.FlushAsync(all: true, default);

        Assert.Equal([1, 999], (await _bench.EntriesAsync()).Select(e => e.Count));
    }

    [Fact]
    public async Task List_HundredThousandEntries_AnswersItsFirstPageAtOnce()
    {
        await _bench.MakeSecretAsync("FIRST");
        await using (var context = _bench.Open())
            await context.Database.ExecuteSqlRawAsync("""
                WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
                INSERT INTO audit_entries (sequence, at, actor_kind, actor_name, address, action, outcome, subject_kind, subject_id, subject_name, before, after, count, node, key_id, previous_hash, hash)
                SELECT i, 1767323045000000 + i * 1000000, 'User', 'user' || (i % 50) || '@example.com', '10.0.0.' || (i % 200), CASE i % 3 WHEN 0 THEN 'trigger.change' ELSE 'callback.change' END, CASE i % 100 WHEN 0 THEN 'Refused' ELSE 'Done' END,
                    CASE i % 3 WHEN 0 THEN 'trigger' ELSE 'callback' END, 'id' || (i % 1000), 'Orders ' || (i % 1000), '"a"', '"b"', 1, 'n', 'k', x'00', x'00' FROM n
                """);
        var at = DateTimeOffset.FromUnixTimeSeconds(1_767_323_045);
        AuditFilter[] filters =
        [
            new(), new() { From = at.AddDays(1) }, new() { To = at.AddHours(1) }, new() { SubjectKind = "callback", SubjectId = "id7" }, new() { Action = "trigger" }, new() { Action = "callback.change" }, new() { Actor = "user7@" },
            new() { Outcome = AuditOutcome.Refused }, new() { Address = "10.0.0.17" }, new() { Q = "orders 77" },
        ];
        foreach (var filter in filters)
        {
            var best = double.MaxValue;
            for (var i = 0; i < 3; i++)
            {
                var started = TimeProvider.System.GetTimestamp();
                Assert.NotEmpty((await _bench.Queries.ListAsync(filter, null, 50, default)).Items);
                best = Math.Min(best, TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
            }
            Assert.True(best < 200, $"{filter}: {best} ms");
        }
    }

    private string Sealed(string password) => _bench.Get<SecretProtector>().Protect(JsonSerializer.Serialize(new Dictionary<string, string> { ["auth.password"] = password }));
}
