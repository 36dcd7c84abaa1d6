using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;
using Radzen;
using TriggerConsole.Authentication;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions.Starting;

namespace TriggerConsole.Components.Pages.Executions;

/// <summary>Replays one execution with a payload that the reader edits.</summary>
public sealed partial class EditReplay
{
    private PayloadDraft? _draft;
    private string? _contentType;
    private string? _problem;
    private bool _isGone;
    private bool _isBusy;
    private bool _isLeaving;

    [Parameter, EditorRequired] public Guid ExecutionId { get; set; }

    [Parameter, EditorRequired] public Guid EventId { get; set; }

    [Parameter] public string? TriggerName { get; set; }

    /// <summary>A new execution was made.</summary>
    [Parameter] public EventCallback<Guid> OnReplayed { get; set; }

    [Parameter] public EventCallback OnClose { get; set; }

    [Inject] private EventQueries Events { get; set; } = default!;

    [Inject] private ReplayCommands Replays { get; set; } = default!;

    [Inject] private CircuitGuard Guard { get; set; } = default!;

    [Inject] private DialogService Dialogs { get; set; } = default!;

    private bool IsUnsaved => !_isLeaving && _draft is { IsChanged: true };

    private string State => _draft switch
    {
        { Problem: { } problem } => problem,
        { Kind: DraftKind.Json } => $"Valid JSON, {Format.Size(_draft.Bytes.Length)}",
        _ => Format.Size(_draft!.Bytes.Length),
    };

    protected override async Task OnInitializedAsync()
    {
        var found = await Events.FindAsync(EventId, CancellationToken.None);
        _isGone = found is null;
        _draft = found is null ? null : PayloadDraft.Of(found.Body);
        _contentType = found?.Event.ContentType;
    }

    private async Task SendAsync()
    {
        (_isBusy, _problem) = (true, null);
        try
        {
            var user = await Guard.RequireAsync(Policies.Operator);
            // The content type stays the one of the stored event
            var result = await Replays.ReplayAsync(ExecutionId, new(_draft!.Bytes, null), user.Actor(), CancellationToken.None);
            _problem = result.Refusal?.Message;
            if (result.Value is not { } receipt) return;
            _isLeaving = true;
            await OnReplayed.InvokeAsync(receipt.ExecutionId);
        }
        catch (NotAllowedException exception)
        {
            _problem = exception.Message;
        }
        finally
        {
            _isBusy = false;
        }
    }

    private async Task OnKeyAsync(KeyboardEventArgs e)
    {
        if (e.Key == "Escape") await CloseAsync();
    }

    private async Task CloseAsync()
    {
        if (IsUnsaved && !await MayLoseAsync()) return;
        _isLeaving = true;
        await OnClose.InvokeAsync();
    }

    private async Task AskAsync(LocationChangingContext context)
    {
        // Choices on this page move within it, and leave the draft where it is
        var isSamePage = context.TargetLocation.Contains($"/{ExecutionId}?", StringComparison.Ordinal) && context.TargetLocation.Contains("edit=", StringComparison.Ordinal);
        if (IsUnsaved && !isSamePage && !await MayLoseAsync()) context.PreventNavigation();
    }

    private async Task<bool> MayLoseAsync()
        => await Dialogs.Confirm("What you changed in the payload is lost.", "Leave without sending?", new() { OkButtonText = "Lose the changes", CancelButtonText = "Stay" }) == true;
}
