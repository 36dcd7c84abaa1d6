using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Operations.Transfer;

/// <summary>
/// Takes a configuration over: what is in the file is made or changed, by id; what is not in it is left alone. Everything is checked by
/// the validators that also check what people save, and written in one transaction, or nothing is.
/// </summary>
internal sealed class ConfigurationImporter(
    IServiceProvider services, IDbContextFactory<TriggerConsoleDbContext> contexts, ConfigurationRows rows, ImportPublisher publisher, IAuditTrail audit, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <param name="utf8">The file.</param>
    /// <param name="dryRun">Only tells what would be done.</param>
    /// <param name="isServing">This process runs what is imported; it is put into use at once.</param>
    public async Task<CommandResult<ImportReport>> ImportAsync(ReadOnlyMemory<byte> utf8, bool dryRun, bool isServing, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        if (ConfigurationReader.Read(utf8, errors) is not { } file) return new Refusal.Invalid(errors.All);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await using var sandbox = await ImportSandbox.OpenAsync(services, file.Secrets, cancellationToken);
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            var run = new ImportRun(file, context, sandbox, rows, time.Now());
            await run.PlanAsync(cancellationToken);
            if (run.Errors.Count > 0) return new Refusal.Invalid(run.Errors);
            if (dryRun) return run.Report(dryRun);
            // All in one transaction
            await context.SaveChangesAsync(cancellationToken);
            var report = run.Report(dryRun);
            await audit.RecordAsync(new("configuration.import", AuditOutcome.Done, "configuration", Detail: $"{report.Made} made, {report.Changed} changed; each has an entry of its own before this one."), cancellationToken);
            if (isServing) await publisher.PublishAsync(run.Touched, cancellationToken);
            return report;
        }
        catch (DbUpdateException)
        {
            return new Refusal.Conflict("Something that the import changes was changed at the same moment by someone else. Nothing was imported; try again.");
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
