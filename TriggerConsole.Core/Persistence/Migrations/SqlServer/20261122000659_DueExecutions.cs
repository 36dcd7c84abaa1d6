using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace TriggerConsole.Core.Persistence.Migrations.SqlServer
{
    /// <inheritdoc />
    public partial class DueExecutions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "started_at",
                table: "executions",
                type: "datetimeoffset(6)",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_executions_due",
                table: "executions",
                columns: new[] { "status", "due_at", "id", "kind", "priority" },
                filter: "owner_id IS NULL AND finished_at IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_executions_due",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "started_at",
                table: "executions");
        }
    }
}
