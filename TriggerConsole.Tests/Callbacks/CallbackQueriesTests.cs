using Microsoft.AspNetCore.DataProtection;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Callbacks.Verification;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Callbacks;

public sealed class CallbackQueriesTests : IDisposable
{
    private readonly TestDatabase _database = TestDatabase.Sqlite();
    private readonly ManualTimeProvider _time = new(Sample.Now);

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task Activity_EventsAndRefusals_GivesTheLastEventAndWhatWasRefusedSince()
    {
        var (busy, quiet) = (Callback("busy"), Callback("quiet"));
        await AddAsync(
            busy, quiet,
            Sample.Event(at: Sample.Now.AddHours(-3), callbackId: busy.Id), Sample.Event(at: Sample.Now.AddHours(-1), callbackId: busy.Id), Sample.Event(at: Sample.Now.AddMinutes(-1)),
            Rejection(busy.Id, "token_wrong", TimeSpan.FromHours(1)), Rejection(busy.Id, "token_wrong", TimeSpan.FromHours(23)), Rejection(busy.Id, "disabled", TimeSpan.FromHours(25)), Rejection(null, "unknown_callback", TimeSpan.FromHours(1)));
        var activity = await Queries.ActivityAsync([busy.Id, quiet.Id], Sample.Now.AddDays(-1), CancellationToken.None);
        Assert.Equal(new(Sample.Now.AddHours(-1), 2), activity[busy.Id]);
        Assert.Equal(new(null, 0), activity[quiet.Id]);
    }

    [Fact]
    public async Task Activity_FloodOfRefusals_StopsCounting()
    {
        var callback = Callback("flooded");
        await AddAsync([callback, .. Enumerable.Range(0, CallbackQueries.MostCounted + 5).Select(_ => Rejection(callback.Id, "token_wrong", TimeSpan.FromMinutes(1)))]);
        Assert.Equal(CallbackQueries.MostCounted, (await Queries.ActivityAsync([callback.Id], Sample.Now.AddDays(-1), CancellationToken.None))[callback.Id].Refused);
    }

    [Fact]
    public async Task Refusals_SeveralCallbacks_GivesTheMostRefusedFirstWithTheReasonMostOfThemHave()
    {
        var (first, second) = (Callback("first"), Callback("second"));
        await AddAsync(
            first, second,
            Rejection(first.Id, "token_wrong", TimeSpan.FromMinutes(9)), Rejection(first.Id, "token_wrong", TimeSpan.FromMinutes(8)), Rejection(first.Id, "disabled", TimeSpan.FromMinutes(2)),
            Rejection(second.Id, "disabled", TimeSpan.FromMinutes(5)), Rejection(second.Id, "disabled", TimeSpan.FromMinutes(90)), Rejection(null, "unknown_callback", TimeSpan.FromMinutes(1)), Rejection(null, "unknown_callback", TimeSpan.FromMinutes(3)));
        var refusals = await Queries.RefusalsAsync(Sample.Now.AddHours(-1), CancellationToken.None);
        Assert.Equal([
            new(first.Id, 3, "token_wrong", Sample.Now.AddMinutes(-2)),
            new(null, 2, "unknown_callback", Sample.Now.AddMinutes(-1)),
            new(second.Id, 1, "disabled", Sample.Now.AddMinutes(-5))], refusals);
    }

    [Fact]
    public async Task Queries_MillionsAreStored_SeekAlongAnIndex()
    {
        using var queries = new RecordedQueries(_database);
        await Queries.ActivityAsync([Sample.Id()], Sample.Now, CancellationToken.None);
        await Queries.RefusalsAsync(Sample.Now, CancellationToken.None);
        Assert.Equal(2, queries.Count);
        var steps = await queries.PlanAsync();
        Assert.Equal([
            "SEARCH e USING INDEX ix_events_callback_id_id (callback_id=?)",
            "SEARCH r USING COVERING INDEX ix_rejections_callback_id_id (callback_id=? AND id>?)",
            "SEARCH r USING INDEX sqlite_autoindex_rejections_1 (id>?)"], steps.Where(step => step.StartsWith("SEARCH", StringComparison.Ordinal) && !step.Contains("callbacks", StringComparison.Ordinal)));
        // What is scanned is the short list that the search before it has found
        Assert.Equal(["SCAN r0"], steps.Where(step => step.StartsWith("SCAN", StringComparison.Ordinal)));
        Assert.DoesNotContain(steps, step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
    }

    private CallbackQueries Queries
    {
        get
        {
            var protector = new SecretProtector(new EphemeralDataProtectionProvider());
            return new(_database, new CallbackGuards(protector, new SecretStore(_database, protector, _time)), _time);
        }
    }

    private async Task AddAsync(params object[] rows)
    {
        await using var context = _database.CreateDbContext();
        context.AddRange(rows);
        await context.SaveChangesAsync();
    }

    private static Callback Callback(string name) => new()
    {
        Id = Sample.Id(),
        Name = name,
        Methods = "POST",
        TokenHash = CallbackTokens.Hash(name),
        TokenHint = "hint",
        CreatedAt = Sample.Now,
        UpdatedAt = Sample.Now,
    };

    private static Rejection Rejection(Guid? callback, string reason, TimeSpan ago) => new()
    {
        Id = Sample.Id(Sample.Now - ago),
        CallbackId = callback,
        At = Sample.Now - ago,
        Reason = reason,
        Method = "POST",
        Path = "/x",
    };
}
