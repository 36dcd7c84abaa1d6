using System.Text.Json;
using TriggerConsole.Authentication;
using TriggerConsole.Components.Pages.Triggers.Forms;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Executions.Starting;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Triggers;

/// <summary>What would be sent, as far as it can be told.</summary>
/// <param name="Request">The request; null when it cannot be made.</param>
/// <param name="Error">Why the sample cannot be made into a request, in a sentence.</param>
/// <param name="Errors">Faults of the settings, by field, that stand in the way.</param>
public sealed record PreviewResult(JsonElement? Request, string? Error, IReadOnlyList<FieldError> Errors);

/// <summary>One trigger being edited: loads, checks, tries and saves it. Every step that acts asks for the role first.</summary>
internal sealed class EditorSession(
    TriggerQueries queries, TriggerCommands commands, TriggerTester tester, TriggerKinds kinds, ExecutionQueries executions, CircuitGuard guard)
{
    private static readonly ExecutionStatus[] s_waiting = [ExecutionStatus.Queued, ExecutionStatus.Retrying, ExecutionStatus.Held];

    /// <summary>The trigger as it is saved; null while it is new.</summary>
    public TriggerView? Saved { get; private set; }

    public EditorState State { get; private set; } = default!; // set by whatever begins the session

    public ITriggerKind Kind { get; private set; } = default!;

    public TriggerForm Form => State.Form;

    /// <summary>A new trigger.</summary>
    public void Begin(KindForm settings, Guid? callbackId) => Begin(new TriggerForm { Settings = settings, CallbackId = callbackId });

    /// <summary>A new trigger made after another one. False when that one is gone.</summary>
    public async Task<bool> BeginCopyAsync(Guid from, CancellationToken cancellationToken)
    {
        if (await queries.FindAsync(from, cancellationToken) is not { } view || TriggerEditors.FormOf(view.Kind) is not { } settings) return false;
        Begin(TriggerForm.Of(view, settings).Duplicate());
        return true;
    }

    /// <summary>An existing trigger. False when there is none, or none that can be edited here.</summary>
    public async Task<bool> LoadAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await queries.FindAsync(id, cancellationToken) is not { } view || TriggerEditors.FormOf(view.Kind) is not { } settings) return false;
        Begin(TriggerForm.Of(view, settings));
        Saved = view;
        return true;
    }

    /// <summary>What the form would send. The faults it meets go to <see cref="State"/>.</summary>
    /// <exception cref="NotAllowedException"/>
    public async Task<PreviewResult> PreviewAsync(SampleState sample, CancellationToken cancellationToken)
    {
        var user = await guard.RequireAsync(Permissions.EditTriggers);
        var errors = new FieldErrors();
        var input = Form.ToInput(errors);
        var result = await tester.PreviewAsync(Input(input, sample), user.Actor(), cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        var refused = (result.Refusal as Refusal.Invalid)?.Errors ?? [];
        State.SetErrors([.. errors.All.Concat(refused).DistinctBy(e => (e.Field, e.Message))]);
        if (result.Value is not { } preview) return new(null, result.Refusal is Refusal.Invalid ? null : result.Refusal?.Message, refused);
        return new(preview.Request is { } json ? JsonSerializer.Deserialize<JsonElement>(json) : null, preview.Error, []);
    }

    /// <summary>Sends it once. Refused when the settings have faults, which are then shown.</summary>
    /// <exception cref="NotAllowedException"/>
    public async Task<CommandResult<ExecutionDetails>> TestAsync(SampleState sample, CancellationToken cancellationToken)
    {
        var user = await guard.RequireAsync(Permissions.Test);
        var errors = new FieldErrors();
        var input = Form.ToInput(errors);
        // Only what is sent counts here: a test works before there is a name
        var ofSettings = errors.All.Where(e => e.Field.StartsWith("settings", StringComparison.Ordinal)).ToList();
        var result = ofSettings.Count > 0 ? new Refusal.Invalid(ofSettings) : await tester.TestAsync(Input(input, sample), user.Actor(), cancellationToken);
        if (result.Refusal is Refusal.Invalid invalid) State.ShowErrors(invalid.Errors);
        return result;
    }

    /// <param name="overwrite">Save although someone else has changed the trigger since it was loaded.</param>
    /// <exception cref="NotAllowedException"/>
    public async Task<Refusal?> SaveAsync(bool overwrite, CancellationToken cancellationToken)
    {
        await guard.RequireAsync(Permissions.EditTriggers);
        var errors = new FieldErrors();
        var input = Form.ToInput(errors);
        // Faults of ours are answered with those of the server, all at once
        if (errors.Any)
        {
            await CheckAsync(input, errors, cancellationToken);
            State.ShowErrors(errors.All);
            return new Refusal.Invalid(errors.All);
        }
        var result = Saved is null
            ? await commands.CreateAsync(input, cancellationToken)
            : await commands.UpdateAsync(Saved.Id, input with { Version = overwrite ? null : Saved.Version }, cancellationToken);
        if (result.Refusal is Refusal.Invalid invalid) State.ShowErrors(invalid.Errors);
        if (result.Value is not { } view) return result.Refusal;
        // Read anew: secrets that were typed are stored now, and no longer here
        Form.Settings.Read(view.Settings);
        State.SetErrors([]);
        State.MarkSaved();
        Saved = view;
        return null;
    }

    /// <exception cref="NotAllowedException"/>
    public async Task<Refusal?> SetPausedAsync(bool paused, CancellationToken cancellationToken)
    {
        await guard.RequireAsync(Permissions.Pause);
        var result = await commands.SetPausedAsync(Saved!.Id, paused, cancellationToken);
        // Pausing makes a version of its own; what is being edited goes on from it, unless someone else came between
        if (result.Value is { } view) Saved = view.Version == Saved.Version + 1 ? view : Saved with { Paused = view.Paused };
        return result.Refusal;
    }

    /// <exception cref="NotAllowedException"/>
    public async Task<Refusal?> DeleteAsync(CancellationToken cancellationToken)
    {
        await guard.RequireAsync(Permissions.EditTriggers);
        return (await commands.DeleteAsync(Saved!.Id, cancellationToken)).Refusal;
    }

    /// <summary>Executions that would be cancelled with the trigger.</summary>
    public Task<long> CountWaitingAsync(CancellationToken cancellationToken)
        => executions.CountAsync(new ExecutionFilter { TriggerId = Saved!.Id, Statuses = s_waiting }, cancellationToken);

    private void Begin(TriggerForm form)
    {
        State = new(form);
        Saved = null;
        Kind = kinds.Find(form.Settings.Kind) ?? throw new InvalidOperationException($"There is no trigger kind {form.Settings.Kind}.");
    }

    private async Task CheckAsync(TriggerInput input, FieldErrors errors, CancellationToken cancellationToken)
    {
        var result = await tester.PreviewAsync(new() { Kind = input.Kind, Settings = input.Settings, TriggerId = Saved?.Id }, actor: null, cancellationToken);
        foreach (var error in (result.Refusal as Refusal.Invalid)?.Errors ?? [])
        {
            if (error is { Line: { } line, Column: { } column }) errors.Add(error.Field, error.Message, line, column);
            else errors.Add(error.Field, error.Message);
        }
    }

    private TestInput Input(TriggerInput input, SampleState sample)
        => new() { Kind = input.Kind, Settings = input.Settings, TriggerId = Saved?.Id, EventId = sample.EventId, Payload = sample.Payload };
}
