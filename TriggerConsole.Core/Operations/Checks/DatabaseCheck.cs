using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Operations.Checks;

/// <summary>The database: there, reachable, of this version, with room to grow, and of the same mind about the time. Changes nothing.</summary>
internal sealed class DatabaseCheck(DatabaseTarget target, IOptions<DatabaseOptions> options, IDbContextFactory<TriggerConsoleDbContext> contexts, TimeProvider time)
{
    private const long LittleRoom = 1L << 30;
    private const long NoRoom = 64L << 20;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_clockSlack = TimeSpan.FromSeconds(2);

    // A machine that has lost its clock begins somewhere here
    private static readonly DateTimeOffset s_earliest = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Whether there is one that the other checks can read.</summary>
    public bool IsUsable { get; private set; }

    public async Task<IReadOnlyList<CheckLine>> RunAsync(CancellationToken cancellationToken)
    {
        var lines = new List<CheckLine>();
        if (target.SqliteFile is { } file) lines.Add(CheckDisk(file));
        if (target.SqliteFile is { } sqlite && !File.Exists(sqlite))
        {
            lines.Add(options.Value.MigrateAtStart
                ? new("database", CheckState.Note, $"There is no {sqlite} yet; it is made at the first start.")
                : new("database", CheckState.Fault, $"There is no {sqlite}, and Database:MigrateAtStart is false. Run TriggerConsole --migrate once."));
            lines.Add(CheckClock(null));
            return lines;
        }
        try
        {
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limited.CancelAfter(s_limit);
            lines.AddRange(await ReadAsync(limited.Token));
        }
        catch (Exception exception) when (exception is DbException or InvalidOperationException or TimeoutException or System.Net.Sockets.SocketException)
        {
            lines.Add(new("database", CheckState.Fault, $"{target.Provider} cannot be opened: {exception.GetBaseException().Message} Check Database:Provider and ConnectionStrings:TriggerConsole."));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            lines.Add(new("database", CheckState.Fault, $"{target.Provider} did not answer within {s_limit.TotalSeconds:0} s. Check host and port in ConnectionStrings:TriggerConsole."));
        }
        return lines;
    }

    private async Task<List<CheckLine>> ReadAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.Database.OpenConnectionAsync(cancellationToken);
        var applied = (await context.Database.GetAppliedMigrationsAsync(cancellationToken)).ToList();
        var known = context.Database.GetMigrations().ToList();
        var clock = await ClockOfAsync(context, cancellationToken);
        var where = target.SqliteFile ?? $"{context.Database.GetDbConnection().DataSource}, {context.Database.GetDbConnection().Database}";
        var pending = known.Except(applied).Count();
        var line = applied.Except(known).FirstOrDefault() is { } unknown
            ? new CheckLine("database", CheckState.Fault, $"{target.Provider} ({where}) is of a newer version: it has the migration {unknown}. Run that version or a later one.")
            : pending == 0 ? new("database", CheckState.Ok, $"{target.Provider} ({where}) answers and is up to date.")
            : options.Value.MigrateAtStart ? new("database", CheckState.Note, $"{target.Provider} ({where}) answers; {pending} migrations will be applied at the next start.")
            : new("database", CheckState.Fault, $"{target.Provider} ({where}) lacks {pending} migrations, and Database:MigrateAtStart is false. Run TriggerConsole --migrate once.");
        IsUsable = pending == 0 && line.State == CheckState.Ok;
        return [line, CheckClock(clock)];
    }

    private async Task<DateTimeOffset?> ClockOfAsync(TriggerConsoleDbContext context, CancellationToken cancellationToken)
    {
        if (target.Provider == DatabaseProvider.Sqlite) return null; // the same machine
        var sql = target.Provider == DatabaseProvider.PostgreSql ? "SELECT clock_timestamp() AS \"Value\"" : "SELECT SYSDATETIMEOFFSET() AS Value";
        return await context.Database.SqlQueryRaw<DateTimeOffset>(sql).SingleAsync(cancellationToken);
    }

    private CheckLine CheckClock(DateTimeOffset? database)
    {
        var now = time.GetUtcNow();
        if (now < s_earliest) return new("clock", CheckState.Fault, $"The clock says {now:yyyy-MM-dd HH:mm} UTC. Set it, or let time synchronisation do so.");
        if (database is { } other && (other - now).Duration() > s_clockSlack)
            return new("clock", CheckState.Fault, $"The clock is {(other - now).Duration().TotalSeconds:0.0} s {(other > now ? "behind" : "ahead of")} the database's. Nodes must agree on the time: switch time synchronisation on.");
        return new("clock", CheckState.Ok, $"{now:yyyy-MM-dd HH:mm:ss} UTC{(database is null ? "" : ", as at the database")}.");
    }

    private static CheckLine CheckDisk(string file)
    {
        var folder = Path.GetDirectoryName(file)!;
        var there = folder;
        while (!Directory.Exists(there)) there = Path.GetDirectoryName(there)!; // it is made at the first start
        try
        {
            var probe = Path.Combine(there, $".triggerconsole-check-{Guid.NewGuid():N}");
            using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose)) { }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new("disk", CheckState.Fault, $"{there} cannot be written to: {exception.Message} Give its folder to the user that runs TriggerConsole, or set Database:Directory.");
        }
        var free = new DriveInfo(there).AvailableFreeSpace;
        var text = $"{there} can be written to, {free / (double)(1L << 30):0.0} GB free.";
        return free < NoRoom ? new("disk", CheckState.Fault, $"{text} Make room: callers get 503 when the disk is full.") : new("disk", free < LittleRoom ? CheckState.Note : CheckState.Ok, text);
    }
}
