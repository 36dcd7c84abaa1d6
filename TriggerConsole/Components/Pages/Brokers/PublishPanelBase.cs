using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using TriggerConsole.Authentication;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Brokers;

/// <summary>Publishes one message by hand, shows the broker's answer, and what was sent before, whatever the protocol.</summary>
/// <typeparam name="TForm">The message as it is typed.</typeparam>
/// <typeparam name="TSent">A message that was sent, to be used again.</typeparam>
public abstract class PublishPanelBase<TForm, TSent> : LiveComponent
    where TForm : PublishFormBase, new()
    where TSent : class, ISentMessage
{
    protected const int MostSent = 20;

    [Parameter, EditorRequired] public required BrokerRow Broker { get; set; }

    protected TForm Form { get; set; } = new();

    protected IReadOnlyList<TSent> Sent { get; private set; } = [];

    protected ExecutionDetails? Made { get; private set; }

    /// <summary>Why nothing was sent.</summary>
    protected string? Problem { get; private set; }

    protected bool IsBusy { get; private set; }

    /// <summary>The properties are unfolded.</summary>
    protected bool ShowsProperties { get; private set; }

    [Inject] private PageCommands Commands { get; set; } = default!;

    [Inject] private IJSRuntime Browser { get; set; } = default!;

    /// <summary>Publishes what is typed; null when something in it cannot be read, which the form says itself.</summary>
    /// <param name="actor">Who asks.</param>
    protected abstract Task<CommandResult<ExecutionDetails>>? Publish(string? actor);

    protected abstract Task<IReadOnlyList<TSent>> FindSentAsync(CancellationToken cancellationToken);

    /// <summary>The form of the same message again.</summary>
    protected abstract TForm FormOf(TSent sent);

    protected override bool Concerns(FeedChange change) => change.Truncated || change.Changes.Any(c => c.TriggerId is null);

    protected override async Task LoadAsync(bool isRefresh, CancellationToken cancellationToken) => Sent = await FindSentAsync(cancellationToken);

    protected async Task PublishAsync()
    {
        if (IsBusy) return;
        (Made, Problem, IsBusy) = (null, null, true);
        Form.Refuse([]);
        // The first wait shows that it is under way
        var result = await Commands.RunAsync(Permissions.Test, user => Publish(user.Actor()) ?? Task.FromResult<CommandResult<ExecutionDetails>>(new Refusal.Invalid([.. Form.Errors.Select(e => new FieldError(e.Key, e.Value))])));
        (IsBusy, Made) = (false, result.Value);
        if (result.Refusal is Refusal.Invalid invalid)
        {
            Form.Refuse(invalid.Errors);
            Problem = "Nothing was sent: the form has errors. They are marked.";
            ShowsProperties |= Form.HasPropertyErrors;
            StateHasChanged();
            if (Form.FirstError is { } id) await Browser.InvokeVoidAsync("tc.focusId", id);
        }
        else Problem = result.Refusal?.Message;
        await ReloadAsync();
    }

    protected async Task UseAgainAsync(ISentMessage message)
    {
        Form = FormOf((TSent)message);
        ShowsProperties = Form.PropertiesInWords is not null;
        (Made, Problem) = (null, null);
        await Browser.InvokeVoidAsync("tc.focusId", Form.FirstField);
    }
}
